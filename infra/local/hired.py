"""The synthetic clinic's staff: they can sign in, be paged and be called, and all but the newest have practised."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from chalicelib.core.phones import Method, Way
from chalicelib.core.staff import Staff
from chalicelib.flows import staff_phones
from chalicelib.flows.phone_code import code_for_phone, pin_for_calls
from chalicelib.flows.practice import put_off
from chalicelib.ports import World

from .synthetic import Person

NEWEST = "front.desk"
Client = Callable[[str], Any]


def hire(client: Client, pool: str, people: Iterable[Person]) -> None:
    """Everybody can sign in at once; attributes that the pool does not know are left out."""
    cognito = client("cognito-idp")
    described = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    known = {attribute["Name"] for attribute in described.get("SchemaAttributes", ())}
    for person in people:
        wanted = {
            "custom:staff_id": person.username,
            "custom:role": person.role,
            "custom:programs": ",".join(person.programs),
            "name": person.name,
        }
        attributes = [{"Name": name, "Value": value} for name, value in wanted.items() if name in known]
        who = {"UserPoolId": pool, "Username": person.username}
        cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**who, Password=person.password, Permanent=True)


def knows_the_work(world: World, people: Iterable[Person]) -> None:
    """Everybody but the newest has seen the practice tasks: the front desk's first day is today."""
    for person in people:
        if person.username != NEWEST:
            put_off(world, Staff(person.username, person.role, person.programs))


def subscribe(client: Client, topic: str, phones_url: str, people: Iterable[Person]) -> None:
    """Each phone hears pages for its owner and for everyone, and no others (every filter lists both), and shows their e-mail."""
    for person in people:
        where = f"{phones_url}/sns/{quote(person.phone)}"
        for endpoint, wanted in (
            (where, [person.username, "everyone"]),
            (f"{where}/mail", [f"{person.username}:email"]),
        ):
            client("sns").subscribe(
                TopicArn=topic,
                Protocol="http",
                Endpoint=endpoint,
                Attributes={"FilterPolicy": json.dumps({"clinician": wanted})},
            )


def get_ready(world: World, people: Iterable[Person]) -> dict[str, str]:
    """Phones verified, tasks practised. Each one's PIN for calls, by user name."""
    verify_phones(world, people)
    knows_the_work(world, people)
    return verify_calls(world, people)


def verify_phones(world: World, people: Iterable[Person]) -> None:
    """Everybody's phone is verified as each would have done it: the code came by text, and was entered."""
    with ThreadPoolExecutor() as phones:
        list(phones.map(lambda person: _verify(world, person, Way.TEXT), people))


ON_CALL = ("erin", "carol", "supervisor")  # who also gave the number to be called


def verify_calls(world: World, people: Iterable[Person]) -> dict[str, str]:
    """Likewise for calls. Each one's PIN, for whoever tries the demo."""
    on_call = [person for person in people if person.username in ON_CALL]
    with ThreadPoolExecutor() as phones:
        methods = phones.map(lambda person: _verify(world, person, Way.CALL), on_call)
        return {
            person.username: pin_for_calls(world, person.username, method)
            for person, method in zip(on_call, methods, strict=True)
        }


def _verify(world: World, person: Person, way: Way) -> Method:
    who = Staff(person.username, person.role, person.programs)
    refused = staff_phones.give(world, who, way, person.phone)
    method = staff_phones.my_phone(world, who).method(way)
    assert method is not None, refused  # a busy emulator commits, answers too late, and refuses the same once more
    staff_phones.verify(world, who, way, code_for_phone(world, who.staff_id, method))
    return method
