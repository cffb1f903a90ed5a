"""Clean packages for the formal checks: claim sets of several fields, with the description that belongs to them.

All of them are made up. Nothing in them may be found fault with, save that a person must look at the commitment.
"""

from __future__ import annotations

import random
from dataclasses import replace

from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    COMMITMENT,
    DESCRIPTION,
    DESIGN_BRIEF,
    DESIGN_VIEWS,
    DRAWINGS,
    EXAMINATION_REQUEST,
    Biblio,
    Claim,
    Package,
    Paragraph,
    Part,
)
from desktop.core.terms import PatentType  # fmt: skip

REQUEST = {PatentType.INVENTION: "110101", PatentType.UTILITY: "120101", PatentType.DESIGN: "130101"}


def part(code: str, **changes: object) -> Part:
    return replace(Part(code, code, f"{code}.xml", 10, code[:1] * 64), **changes)


def numbered(*texts: str) -> tuple[Claim, ...]:
    return tuple(Claim(number, text) for number, text in enumerate(texts, start=1))


def described(
    kind: PatentType, title: str, field: str, body: list[str], figures: int = 0, marks: dict[int, str] | None = None
) -> tuple[Paragraph, ...]:
    """A description with its five sections."""
    content = "发明内容" if kind is PatentType.INVENTION else "实用新型内容"
    word = f"本{kind}" if kind is PatentType.UTILITY else "本发明"
    sections = {
        "技术领域": [f"{word}涉及{field}技术领域，尤其涉及一种{title}。"],
        "背景技术": ["现有的同类方案使用不便，维护成本较高，难以适应连续作业的要求。"],
        content: [f"{word}的目的在于提供一种{title}，以解决上述问题。", f"{word}的保护范围以权利要求书为准。"],
        "附图说明": [f"图{one}是{word}的第{one}个示意图；" for one in range(1, figures + 1)],
        "具体实施方式": [*body, f"以上仅为优选的实施方式，不限制{word}的保护范围。"],
    }
    if not figures:
        del sections["附图说明"]
    if marks:
        entries = "；".join(f"{mark}、{name}" for mark, name in marks.items())
        sections["附图说明"].append(f"附图标记说明：{entries}。")
    found: list[Paragraph] = []
    count = 0
    for name, texts in sections.items():
        found.append(Paragraph(name, "", name, heading=True))
        for text in texts:
            count += 1
            found.append(Paragraph(text, f"{count:04d}", name))
    return tuple(found)


def package(
    kind: PatentType,
    title: str,
    claims: tuple[Claim, ...],
    *,
    field: str,
    body: list[str] | None = None,
    figures: int = 0,
    marks: dict[int, str] | None = None,
) -> Package:
    codes = [REQUEST[kind], CLAIMS, DESCRIPTION, ABSTRACT, COMMITMENT]
    codes += [DRAWINGS] if figures else []
    codes += [EXAMINATION_REQUEST] if kind is PatentType.INVENTION else []
    invention = kind is PatentType.INVENTION
    return Package(
        parts=tuple(map(part, codes)),
        patent_type=kind,
        biblio=Biblio(
            title=title,
            applicants=("济南某某科技有限公司",),
            inventors=("张三", "李四"),
            agency="山东某某专利代理事务所",
            agents=("王五",),
            early_publication=True if invention else None,
            waives_amendment=True if invention else None,
            abstract_figure="图1" if figures else "",
        ),
        title=title,
        claims=claims,
        description=described(kind, title, field, body or [f"下面结合实施例说明{title}。"], figures, marks),
        abstract=(f"本{'发明' if invention else '实用新型'}公开了一种{title}，结构合理，便于实施。",),
        figures=tuple(f"图{one}" for one in range(1, figures + 1)),
    )


def design() -> Package:
    codes = ("130101", DESIGN_VIEWS, DESIGN_BRIEF, COMMITMENT)
    said = Biblio(title="水杯", applicants=("济南某某科技有限公司",), inventors=("张三",))
    return Package(parts=tuple(map(part, codes)), patent_type=PatentType.DESIGN, biblio=said)


class Writer:
    """Writes dependent claims of one subject: the openings vary, and no multiple claim rests on another."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.texts: list[str] = []
        self.single: list[int] = []

    def independent(self, text: str) -> None:
        self.texts.append(text)
        self.single = [len(self.texts)]

    def dependent(self, name: str, said: str) -> None:
        chance, own = self.chance, len(self.texts) + 1
        opening = chance.choice(["根据", "如", "按照", "依据", "一种如", ""])
        one = chance.choice(self.single)
        if chance.random() < 0.35 and len(self.single) > 1:
            reference = self._several()
        else:
            reference = chance.choice([f"权利要求{one}", f"权利要求 {one} "])
            self.single.append(own)
        said_of = chance.choice(["所述的", "所述", "的"])
        end = chance.choice(["，其特征在于，", "，其特征在于：", ",其特征在于,", "，其中，"])
        self.texts.append(f"{opening}{reference}{said_of}{name}{end}{said}。")

    def _several(self) -> str:
        chance = self.chance
        chosen = sorted(chance.sample(self.single, min(len(self.single), chance.choice([2, 3]))))
        if chosen == list(range(chosen[0], chosen[-1] + 1)) and len(chosen) > 2:
            join = chance.choice(["至", "-", "～", "到", "—"])
            which = chance.choice(["中任一项", "任意一项", "之一", "中的任意一项", "任一"])
            return f"权利要求{chosen[0]}{join}{chosen[-1]}{which}"
        if chance.random() < 0.5:
            return f"权利要求{'、'.join(map(str, chosen[:-1]))}或{chosen[-1]}"
        return f"权利要求{'、'.join(map(str, chosen))}中任一项"

    @property
    def claims(self) -> tuple[Claim, ...]:
        return numbered(*self.texts)


DEVICES = [
    ("散热装置", "电子设备散热", "壳体 盖板 风扇 导热柱 翅片 温度传感器 密封圈 滤网 支脚 U形槽"),
    ("自动送料机构", "机械加工", "机架 料仓 推杆 第一气缸 第二气缸 导轨 滑块 挡板 传感器支座 PLC控制柜"),
    ("灌溉用水泵", "农业灌溉", "泵体 叶轮 转轴 电机 轴承座 进水管 出水管 止回阀 机械密封件 底座"),
    ("建筑幕墙连接件", "建筑施工", "立柱 横梁 角码 螺栓 垫片 玻璃面板 压条 胶条 调节板 预埋件"),
    ("医用输液支架", "医疗器械", "立杆 横杆 挂钩 底盘 脚轮 锁止旋钮 升降套筒 限位销 把手 储物篮"),
    ("果蔬分选机", "农产品加工", "输送带 主动辊 从动辊 检测箱 光源 相机 剔除嘴 收集斗 驱动电机 机罩"),
    ("钻井工具", "石油钻采", "钻杆 钻头 接头 扶正器 短节 流道 喷嘴 丝扣 耐磨带 堵头"),
    ("水质检测仪", "环境监测", "外壳 采样泵 流通池 电极 主板 显示屏 电池仓 蓄水瓶 排液管 提手"),
]


def device(at: int, kind: PatentType) -> Package:
    title, field, words = DEVICES[at]
    parts, chance = words.split(), random.Random(at)
    step = chance.choice([1, 10])
    marks = {(index + 1) * step: name for index, name in enumerate(parts)}
    named = [f"{name}（{mark}）" for mark, name in marks.items()]
    writer = Writer(chance)
    writer.independent(f"一种{title}，包括{named[0]}和{named[1]}，其特征在于：所述{named[0]}上设有{named[2]}。")
    for _ in range(chance.randrange(9, 40)):
        one, other = chance.sample(named, 2)
        said = chance.choice(
            [
                f"所述{one}与所述{other}固定连接",
                f"所述{one}设置在所述{other}的一侧，间距为{chance.randrange(2, 9)}-{chance.randrange(10, 20)}mm",
                f"还包括{one}，所述{one}通过{other}定位，数量为2个至4个",
                f"所述{one}的材料选自铝、铜或不锈钢中的至少一种",
            ]
        )
        writer.dependent(title, said)
    if at % 2:
        writer.independent(f"一种生产线，包括权利要求1-{len(writer.texts)}中任一项所述的{title}。")
    body = [f"参见图1和图2，{name}{mark}与相邻的部件相连，{name}（{mark}）可以更换。" for mark, name in marks.items()]
    return package(kind, title, writer.claims, field=field, body=body, figures=3, marks=marks)


METHODS = [
    ("图像分割方法", "计算机视觉", "图像 特征图 掩膜"),
    ("电池健康状态评估方法", "储能", "电压序列 容量衰减曲线 评估模型"),
    ("订单调度方法", "物流", "订单集合 时间窗 路径"),
    ("语音唤醒方法", "语音识别", "音频帧 声学特征 唤醒词得分"),
    ("桥梁裂缝监测方法", "结构监测", "应变数据 裂缝宽度 预警阈值"),
]


def method(at: int) -> Package:
    title, field, words = METHODS[at]
    things, chance = words.split(), random.Random(100 + at)
    writer = Writer(chance)
    steps = "\n".join(f"S{index}、获取{thing}并进行预处理；" for index, thing in enumerate(things, start=1))
    writer.independent(f"一种{title}，其特征在于，包括以下步骤：\n{steps}\nS4、输出结果。")
    for turn in range(chance.randrange(7, 45)):
        thing = chance.choice(things)
        said = chance.choice(
            [
                f"步骤S{turn % 3 + 1}中，所述{thing}按照式（1）计算：y=ax+b，其中a为0.1至0.9，b=2",
                f"所述{thing}的采样间隔为1秒、2秒或5秒，重复步骤（1）和（2）",
                f"所述获取{thing}，包括：\n（1）读取原始数据；\n（2）去除异常值；\n（3）归一化到0-1之间",
                f"当所述{thing}大于阈值的80%时，执行步骤S3，否则返回步骤1",
            ]
        )
        writer.dependent(chance.choice([title, "方法"]), said)
    last = len(writer.texts)
    system = f"{title.removesuffix('方法')}系统"
    writer.independent(f"一种{system}，用于执行权利要求1至{last}中任一项所述的方法，包括采集模块和处理模块。")
    writer.dependent(system, "所述处理模块包括至少两个处理器")
    writer.dependent("系统", "还包括显示模块")
    writer.independent(
        f"一种电子设备，包括存储器和处理器，所述处理器执行程序时实现权利要求1-{last}任一项所述的{title}。"
    )
    writer.independent(
        f"一种计算机可读存储介质，其上存储有计算机程序，所述程序被执行时实现如权利要求1至{last}中任意一项所述方法的步骤。"
    )
    writer.independent(f"一种计算机程序产品，包括指令，所述指令用于实现权利要求1或2所述的{title}。")
    body = [f"如图1所示，该{title}依次处理{'、'.join(things)}。", "图2给出了系统的模块组成，图3a和图3b给出了结果。"]
    return package(PatentType.INVENTION, title, writer.claims, field=field, body=body, figures=3)


MIXTURES = [
    ("防水涂料", "建筑涂料", "丙烯酸乳液 水泥 石英砂 消泡剂 分散剂"),
    ("复合肥料", "肥料", "尿素 磷酸二铵 腐植酸 硫酸锌 黄原胶"),
    ("中药组合物", "中药", "黄芪 当归 白术 茯苓 甘草"),
    ("锂离子电池电解液", "电池", "六氟磷酸锂 碳酸乙烯酯 碳酸二甲酯 成膜添加剂 阻燃添加剂"),
]


def mixture(at: int) -> Package:
    title, field, words = MIXTURES[at]
    parts, chance = words.split(), random.Random(200 + at)
    writer = Writer(chance)
    shares = "、".join(f"{name}{low}-{low + 5}份" for low, name in enumerate(parts, start=5))
    writer.independent(f"一种{title}，其特征在于，按重量份计，包括以下组分：{shares}。")
    for _ in range(chance.randrange(6, 30)):
        one, other = chance.sample(parts, 2)
        said = chance.choice(
            [
                f"所述{one}与所述{other}的质量比为1:2至1:3",
                f"所述{one}占总质量的5%-10%，优选为6%、7%或8%",
                f"还包括助剂，所述助剂选自{one}、{other}或乙醇中的至少一种",
                f"所述{one}的结构如式（I）所示，其中R1选自H、CH3或C2H5，n为1、2或3",
                f"所述{one}的粒径为10～50μm，pH值为6.5至7.5",
            ]
        )
        writer.dependent(title, said)
    last = len(writer.texts)
    writer.independent(
        f"权利要求1-{last}中任一项所述的{title}的制备方法，其特征在于，包括以下步骤：\n"
        "（1）将各组分混合；\n（2）在60-80℃下搅拌1-2h。"
    )
    making = len(writer.texts)
    writer.dependent("制备方法", "步骤（2）中，搅拌转速为300至500r/min")
    writer.dependent("制备方法", "步骤（1）之前还包括干燥")
    writer.independent(f"根据权利要求{making}所述的制备方法制备得到的{title}。")
    writer.independent(f"权利要求1至{last}任一项所述的{title}在{field}领域中的应用。")
    body = [f"实施例{one}：取{parts[one % 5]}{one * 3}份，按常规步骤制备，所得样品性能良好。" for one in range(1, 6)]
    return package(PatentType.INVENTION, title, writer.claims, field=field, body=body)


def by_hand() -> list[Package]:
    """Three sets as agents write them."""
    compound = numbered(
        "一种式（I）所示的吡啶类化合物或其药学上可接受的盐，\n其中，R1选自氢、卤素或C1-C6烷基；n为0、1或2。",
        "根据权利要求1所述的吡啶类化合物或其药学上可接受的盐，其特征在于，R1为甲基、乙基或氟。",
        "根据权利要求1或2所述的吡啶类化合物或其药学上可接受的盐，其特征在于，n为1。",
        "根据权利要求1所述的吡啶类化合物或其药学上可接受的盐，选自化合物1至12中的任一种。",
        "一种制备权利要求1所述吡啶类化合物的方法，其特征在于，使化合物（2）与化合物（3）在碱的存在下反应。",
        "根据权利要求5所述的方法，其特征在于，所述碱选自碳酸钾、碳酸铯或三乙胺中的一种或多种。",
        "根据权利要求5或6所述的方法，其特征在于，反应温度为80-120℃，反应时间为2～12小时。",
        "一种药物组合物，包含权利要求1至4中任一项所述的吡啶类化合物或其药学上可接受的盐，以及药学上可接受的载体。",
        "根据权利要求8所述的药物组合物，其特征在于，所述药物组合物为片剂、胶囊剂或注射剂。",
        "权利要求1至4中任一项所述的吡啶类化合物或其药学上可接受的盐在制备治疗炎症的药物中的用途。",
        "根据权利要求10所述的用途，其特征在于，所述炎症为关节炎。",
    )
    lock = numbered(
        "一种智能门锁，包括锁体（100）、面板（200）以及设置于所述面板（200）内的控制板（300），其特征在于，"
        "所述锁体（100）包括斜舌（110）和驱动所述斜舌（110）的电机（120）。",
        "如权利要求1所述的智能门锁，其特征在于，所述面板（200）上设有指纹模组（210）。",
        "如权利要求1所述的智能门锁，其特征在于，所述面板（200）上设有键盘（220）。",
        "如权利要求2或3所述的智能门锁，其特征在于，所述控制板（300）分别与所述电机（120）、应急电源（400）电连接。",
        "如权利要求1所述的智能门锁，其中，所述电机（120）的输出轴与蜗杆（130）同轴固定。",
        "如权利要求5所述的智能门锁，其特征在于：所述蜗杆（130）与蜗轮（140）啮合。",
        "如权利要求6所述的智能门锁，其特征在于：所述蜗轮（140）与斜舌（110）之间设有拨杆（150）。",
        "如前述权利要求1、2、5、6、7中任一项所述的智能门锁，其特征在于，所述锁体（100）的厚度为20mm至30mm。",
        "一种门，包括门扇和如权利要求1至8中任一项所述的智能门锁。",
        "根据权利要求9所述的门，其特征在于，所述门扇上开设有容纳所述锁体（100）的安装槽（500）。",
    )
    lock_marks = {
        100: "锁体", 110: "斜舌", 120: "电机", 130: "蜗杆", 140: "蜗轮", 150: "拨杆", 200: "面板", 210: "指纹模组",
        220: "键盘", 300: "控制板", 400: "应急电源", 500: "安装槽",
    }  # fmt: skip
    lock_body = [f"请一并参阅图1至图4，{name}{mark}按图示位置安装。" for mark, name in lock_marks.items()]
    alloy = numbered(
        "一种高强铝合金板的热处理工艺，其特征在于，包括固溶、淬火和时效，固溶温度为470-480℃。",
        "根据权利要求1所述的热处理工艺，其特征在于，所述时效分两级进行，第一级为120℃×24h，第二级为160℃×8h。",
        "根据权利要求1所述的工艺，其特征在于，淬火转移时间不超过15s。",
        "根据权利要求2所述的热处理工艺，其特征在于，两级之间以1～2℃/min升温。",
        "根据权利要求1～4之一所述的热处理工艺，其特征在于，所述铝合金板按质量百分比计含Zn 5.1%~6.1%、Mg 2.1%~2.9%。",
        "一种高强铝合金板，由权利要求1-5任一项所述的热处理工艺制得。",
        "根据权利要求6所述的高强铝合金板，其特征在于，抗拉强度不低于560MPa。",
        "如权利要求6或7所述的铝合金板，其特征在于，厚度为2、3或4毫米。",
        "一种航空结构件，采用权利要求6、7或8所述的高强铝合金板加工而成。",
        "根据权利要求9所述的航空结构件，其特征在于，所述结构件为翼肋。",
    )
    return [
        package(PatentType.INVENTION, "吡啶类化合物及其制备方法和用途", compound, field="药物化学"),
        package(PatentType.UTILITY, "智能门锁", lock, field="锁具", body=lock_body, figures=4, marks=lock_marks),
        package(PatentType.INVENTION, "高强铝合金板的热处理工艺", alloy, field="有色金属加工"),
    ]


def clean() -> list[Package]:
    """Twenty packages in which nothing is wrong."""
    kinds = (PatentType.UTILITY, PatentType.INVENTION)
    devices = [device(at, kinds[at % 2]) for at in range(len(DEVICES))]
    methods = [method(at) for at in range(len(METHODS))]
    mixtures = [mixture(at) for at in range(len(MIXTURES))]
    return [*devices, *methods, *mixtures, *by_hand()]
