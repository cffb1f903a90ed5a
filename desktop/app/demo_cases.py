"""The made-up centre of the demo: people, applicants and cases that exist nowhere. Numbers carry area code 379999."""

from __future__ import annotations

CENTRE = "示例市知识产权保护中心"
STATION = "示例站"
STAFF = (
    ("王受理", ("受理",)),
    ("李预审", ("预审员",)),
    ("周预审", ("预审员",)),
    ("吴预审", ("预审员",)),
    ("赵复核", ("复核",)),
    ("孙组长", ("组长",)),
    ("郑承办", ("承办人",)),
    ("冯承办", ("承办人",)),
    ("韩保管", ("保管人",)),
    ("陈管理", ("管理员", "复核")),
)
CLERK, REVIEWER, ADMIN = "王受理", "赵复核", "陈管理"
EXAMINERS = ("李预审", "周预审", "吴预审")

PARTIES = (
    "某海智能装备有限公司",
    "某山生物医药股份有限公司",
    "某某理工大学",
    "某湖新材料研究院",
    "某河橡胶科技有限公司",
    "某岛海洋工程有限公司",
    "某泉食品有限公司",
    "某丘农业科技有限公司",
    "某州石油机械有限公司",
    "某城光电科技有限公司；某某理工大学",
    "某岭化工集团有限公司",
    "某原节能环保设备有限公司",
)
REGIONS = ("示例市东区", "示例市西区", "示例市高新区", "示例市某县")
AGENCIES = ("某某知识产权代理事务所（普通合伙）", "某衡专利代理有限公司", "")

# (name, classes; the first is the main class)
INVENTIONS = (
    ("基于多源遥感的近海风场短时预报方法及系统", "G01S 17/95; G06N 3/08"),
    ("一种轮胎胎面胶料的混炼温度控制方法", "B29B 7/82; C08L 21/00"),
    ("一种低盐发酵鱼露的快速熟成方法", "A23L 17/50"),
    ("重组抗菌肽及其制备方法和应用", "C07K 14/00; A61K 38/00"),
    ("油气井套管应力在线监测方法", "E21B 47/00"),
    ("一种可降解聚酯薄膜的连续拉伸工艺", "C08J 5/18; B29C 55/02"),
    ("协作机器人碰撞检测的自适应阈值方法", "B25J 9/16; G05B 19/04"),
    ("水产养殖尾水脱氮的分级处理方法", "C02F 3/30; A01K 63/04"),
    ("面向时空轨迹数据的增量索引方法及装置", "G06F 16/29; G06F 16/22"),
    ("微型发光二极管阵列的巨量转移方法", "H10H 20/00; H01L 21/67"),
    ("联邦学习中梯度压缩的误差补偿方法", "G06N 20/00; H04L 67/10"),
    ("合成气制低碳烯烃催化剂的再生方法", "B01J 38/12; C07C 1/04"),
    ("玉米种质抗倒伏表型的图像测定方法", "G06T 7/60; A01H 1/04"),
    ("船用推进轴系扭振的在线辨识方法", "B63H 23/00; G01M 13/028"),
    ("钠离子电池硬碳负极的预钠化方法", "H01M 4/36; H01M 10/054"),
    ("手术导航中软组织形变的实时校正方法", "A61B 34/20; G06T 7/30"),
    ("一种高固含聚合物多元醇的制备方法", "C08F 283/06"),
    ("大型铸件凝固过程的数字孪生方法", "B22D 46/00; G06F 30/20"),
    ("基于声呐点云的海底管线识别方法", "G01S 15/89; G06V 20/05"),
    ("稠油热采蒸汽腔的四维反演方法", "E21B 43/24; G01V 1/28"),
    ("面向工业控制网络的异常流量检测方法", "H04L 43/00; G06N 3/04"),
    ("高强度芳纶纤维的表面改性方法", "D06M 10/00"),
    ("智能温室的光温协同调控方法", "A01G 9/24; G05D 27/02"),
    ("一种带𬭩盐结构的抗静电剂及其应用", "C07F 9/54; C09K 3/16"),
)
UTILITIES = (
    ("一种船体除锈爬壁机器人", "B63B 59/10"),
    ("轮胎硫化机的快速换模装置", "B29D 30/06"),
    ("一种抽油杆防偏磨扶正器", "E21B 17/10"),
    ("数控车床排屑冷却装置", "B23Q 11/00"),
    ("一种医用低温转运箱", "A61B 50/30"),
    ("设施农业用移栽机的送苗机构", "A01C 11/02"),
    ("一种服务器机柜的液冷分配器", "H05K 7/20"),
    ("污水处理用可调曝气装置", "C02F 3/20"),
    ("一种果蔬清洗分级一体机", "A23N 12/02"),
    ("光学镜片镀膜夹具", "C23C 14/50"),
    ("一种仓储搬运车的升降机构", "B65G 1/04"),
    ("新风换热机组的防冻结构", "F24F 11/41"),
    ("一种化工反应釜的密封搅拌装置", "B01J 19/18"),
    ("海上风机叶片运输支架", "B63B 25/28"),
    ("一种电池模组的散热支架", "H01M 10/653"),
    ("可折叠康复训练支具", "A61F 5/01"),
    ("一种板材自动翻面码垛装置", "B65G 57/00"),
    ("木工封边机的涂胶刮板", "B27D 5/00"),
    ("一种冷链运输箱的隔板", "F25D 11/00"),
    ("阀门阀杆的防尘密封结构", "F16K 41/00"),
    ("一种激光切割机的吸尘罩", "B23K 26/38"),
)
DESIGNS = (
    ("协作机械臂", "15-99"),
    ("工业平板电脑", "14-02"),
    ("血糖检测仪", "24-02"),
    ("包装袋（海苔脆）", "09-05"),
    ("家用净水器", "23-01"),
    ("轮胎", "12-15"),
    ("移动储能电源", "13-02"),
    ("智能手环", "14-03"),
    ("播种机", "15-03"),
    ("户外监控摄像头", "16-01"),
    ("LED 路灯", "26-03"),
    ("康复训练椅", "24-01"),
    ("手持式探鱼仪", "10-04"),
    ("数控车床", "15-09"),
    ("饮料瓶", "09-01"),
)

# A list that arrives today, and (row, column, what stands there instead) of its faults.
ARRIVING = (
    ("发明", "一种海水淡化膜的在线清洗方法", "C02F 1/44; B01D 65/02"),
    ("发明", "面向边缘计算的任务迁移方法", "G06F 9/48; H04L 67/10"),
    ("实用新型", "一种胎圈钢丝缠绕导向轮", "B29D 30/48"),
    ("发明", "油田回注水的在线检测方法", "G01N 33/18; E21B 43/20"),
    ("外观设计", "工业内窥镜", "16-06"),
    ("实用新型", "大棚卷帘机的限位机构", "A01G 9/22"),
    ("发明", "一种益生菌微胶囊的包埋方法", "A23P 10/30; A23L 33/135"),
    ("外观设计", "巡检机器人", "15-99"),
)
FAULTS = ((3, 1, "2026-02-30"), (4, 7, "G02B 23/24"), (6, 4, ""))

# Defects that an opinion names, by patent type: checklist item and note.
DEFECTS = {
    "发明": (
        ("I-F7", "权利要求 7 多项引用多项"),
        ("I-F4", "权利要求 3 中的“所述步骤”没有引用基础"),
        ("I-S4", "权利要求 1 的参数范围没有得到说明书支持"),
    ),
    "实用新型": (("U-4", "权利要求 1 中“较大”含义不清"), ("U-8", "附图 2 的标记 12 在说明书中没有说明")),
    "外观设计": (("D-4", "仰视图与立体图的底部结构不一致"), ("D-5", "简要说明没有写明设计要点")),
}
REPLY = "已提交修改后的全文、意见陈述书和修改对照页"

# How far a case has come: the steps taken, each (action, working days after the step before).
ROUTES: dict[str, tuple[tuple[str, int], ...]] = {
    "received": (),
    "returned": (("return", 1),),
    "refused": (("refuse", 1),),
    "accepted": (("accept", 1),),
    "examining": (("accept", 1), ("assign", 0)),
    "reworking": (("accept", 1), ("assign", 0), ("issue_opinion", 6), ("reply", 3), ("recheck", 0)),
    "consulting": (("accept", 1), ("assign", 0), ("consult", 3)),
    "awaiting": (("accept", 1), ("assign", 0), ("issue_opinion", 4)),
    "replied": (("accept", 1), ("assign", 0), ("issue_opinion", 3), ("reply", 2)),
    "second": (
        ("accept", 1), ("assign", 0), ("issue_opinion", 3), ("reply", 3), ("recheck", 0), ("issue_opinion", 2),
    ),
    "passed": (("accept", 1), ("assign", 0), ("pass", 4)),
    "filed": (
        ("accept", 1), ("assign", 0), ("issue_opinion", 2), ("reply", 2), ("recheck", 0), ("pass", 2), ("file", 2),
    ),
    "paid": (("accept", 1), ("assign", 0), ("pass", 3), ("file", 2), ("pay", 1)),
    "comparing": (("accept", 1), ("assign", 0), ("pass", 4), ("file", 2), ("pay", 1), ("upload", 0)),
    "tagged": (("accept", 1), ("assign", 0), ("pass", 4), ("file", 2), ("pay", 1), ("upload", 0), ("tag", 1)),
    "questioned": (
        ("accept", 1), ("assign", 0), ("pass", 4), ("file", 2), ("pay", 1), ("upload", 0), ("tag", 1),
        ("office_action", 20),
    ),
    "converted": (
        ("accept", 1), ("assign", 0), ("pass", 4), ("file", 2), ("pay", 1), ("upload", 0), ("tag", 1),
        ("office_action", 20), ("convert", 12),
    ),
    "noticed": (
        ("accept", 1), ("assign", 0), ("issue_opinion", 3), ("reply", 3), ("recheck", 0), ("pass", 2), ("file", 2),
        ("pay", 1), ("upload", 0), ("tag", 1), ("grant_notice", 30),
    ),
    "granted": (
        ("accept", 1), ("assign", 0), ("pass", 5), ("file", 2), ("pay", 1), ("upload", 0), ("tag", 1),
        ("grant_notice", 30), ("grant", 15),
    ),
    "failed": (
        ("accept", 1), ("assign", 0), ("issue_opinion", 3), ("reply", 3), ("recheck", 0), ("issue_opinion", 2),
        ("reply", 2), ("recheck", 0), ("fail", 1),
    ),
    "lapsed": (("accept", 1), ("assign", 0), ("pass", 4), ("lapse", 6)),
    "deemed": (("accept", 1), ("assign", 0), ("issue_opinion", 3), ("deem_withdrawn", 5)),
    "withdrawn": (("accept", 1), ("assign", 0), ("withdraw", 2)),
    "terminated": (("accept", 1), ("assign", 0), ("terminate", 3)),
}  # fmt: skip

# (route, age in working days) of the cases in turn.
PLANS = (
    ("received", 0), ("received", 0), ("received", 1), ("received", 1), ("received", 2), ("received", 3),
    ("received", 0), ("returned", 3), ("returned", 6), ("accepted", 1), ("accepted", 2), ("accepted", 3),
    ("examining", 2), ("examining", 4), ("examining", 5), ("examining", 6), ("examining", 7), ("examining", 8),
    ("examining", 9), ("examining", 8), ("reworking", 22), ("consulting", 7), ("awaiting", 6), ("awaiting", 7),
    ("awaiting", 8), ("awaiting", 11), ("awaiting", 6), ("replied", 7), ("replied", 9), ("replied", 10),
    ("second", 10), ("second", 12), ("passed", 6), ("passed", 7), ("passed", 10), ("filed", 10), ("filed", 14),
    ("paid", 8), ("comparing", 10), ("comparing", 12), ("tagged", 30), ("tagged", 45), ("tagged", 60),
    ("questioned", 31), ("questioned", 33), ("converted", 70), ("noticed", 55), ("noticed", 70), ("noticed", 60),
    ("granted", 75), ("granted", 90), ("granted", 110), ("granted", 130), ("refused", 15), ("failed", 40),
    ("lapsed", 30), ("deemed", 25), ("withdrawn", 20), ("terminated", 28), ("granted", 150),
)  # fmt: skip

# The route whose examiner is in the middle of an opinion.
IN_HAND = "reworking"

# The one case that is walked to its end where there is no window to look at.
WALKED_AGE = 175
WALKED = (
    ("return", 1), ("resubmit", 2), ("accept", 1), ("assign", 0), ("issue_opinion", 6), ("reply", 2), ("recheck", 0),
    ("pass", 2), ("file", 3), ("pay", 1), ("upload", 0), ("compare", 0), ("tag", 1), ("office_action", 25),
    ("office_reply", 6), ("grant_notice", 20), ("grant", 16),
)  # fmt: skip
WALKED_CONTACT = "张𬭎"  # a character that many papers lose
WALKED_CASE = ("一种晶圆台微动平台的振动抑制方法", "G05D 19/02; H01L 21/68")
WALKED_DIFFERENCE = "说明书第 [0018] 段“瞬态振动”写作“瞬态震动”，相差一字；权利要求书、附图、摘要相同"
WALKED_REASON = "“震动”为“振动”之误写，不影响保护范围，申请人已书面说明"

# What is said of two findings about the package of the case in hand, by check.
ACCEPTED_FINDING = "claim_multiple"
ACCEPTED_WORDS = (
    "权利要求 7 是多项从属权利要求，引用了同为多项从属权利要求的权利要求 3，初步判断不符合专利法实施细则第25条的规定。"
    "请改为只引用不属于多项从属的在前权利要求，或者拆成数项。"
)
DISMISSED_FINDING, DISMISSED_REASON = "paragraph_fragment", "与后一段相连，排版时断开，不单独指出"
