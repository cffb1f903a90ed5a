"""What one station tells the hub reaches the others: it must not stop them, and must not go unnoticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.db.hub.conftest import Hub
from tests.db.transports import A, B, C, Chain, greeting


@pytest.mark.parametrize("told", ["null", '"5"', "1.5", "1e300", "-1", "[1]", "true", "9" * 30])
def test_a_vector_of_no_numbers_is_not_handed_on(hub: Hub, told: str) -> None:
    one = hub.transport("乙")
    one.hello(greeting(B))
    vector = f'{{"{B}": {told}}}'
    row = hub.session("甲").execute("SELECT kuaishen.greet(%s, '甲', %s, %s)->>'status'", (A, [A], vector)).fetchone()
    assert row == ("shape",)
    assert one.hello(greeting(B)).peers == {}


def test_who_holds_as_much_but_something_else_hears_of_it(hub: Hub) -> None:
    chain, root = Chain(A, 3), hub.transport("甲")
    root.hello(greeting(A))
    root.push([chain.batch(1, 3)])
    other = hub.transport("乙")
    same = replace(greeting(B, vector={A: 3}), heads={A: chain.batch(1, 3).hash})
    assert other.hello(same).heads == {}
    assert other.hello(replace(same, heads={A: "0" * 64})).heads == {A: chain.batch(1, 3).hash}


def test_two_stores_by_one_enrolment_hear_of_each_other(hub: Hub) -> None:
    one, other = hub.transport("甲"), hub.transport("甲")
    assert not one.hello(greeting(A)).twin
    assert not other.hello(greeting(B, own=(A, B))).twin  # it was that one once, and has been put back
    assert not one.hello(greeting(A, own=(B, A))).twin
    assert other.hello(greeting(C)).twin is False
    assert one.hello(greeting(A, own=(B, A))).twin
    assert not hub.transport("乙").hello(greeting("d" * 32)).twin
