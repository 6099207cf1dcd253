"""What else the registers hold: qualifications, sign-ups, the blacklist, corrections, answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from jineng.core.events import acting
from jineng.core.sealed import lookup_hash_many, seal_many
from jineng.demo import DAY
from jineng.demo.bodies import INDUSTRIES
from jineng.demo.numbers import credit_codes, phones
from jineng.demo.persons import Status
from jineng.demo.places import places
from jineng.demo.province import Province
from jineng.demo.users import Users, moment
from jineng.people.commands.archives import (
    answer_correction,
    ask_correction,
    note_opened,
    reveal,
)
from jineng.people.commands.blacklist import blacklist, decide_appeal, file_appeal
from jineng.people.models import Organisation, Person, Region, User
from jineng.people.queries.persons import person_of_number
from jineng.people.registers.bulk import copy_rows
from jineng.people.verification import question_about

BRINGS = "he-jianbo"
_OCCUPATIONS = ("电工", "焊工", "钳工", "叉车司机", "养老护理员", "中式烹调师", "保育员",
                "汽车维修工", "安全评价师", "劳动关系协调员", "缝纫工", "电子商务师")  # fmt: skip


def load(province: Province, users: Users) -> None:
    """All of them."""
    known = {one.credit_code: one for one in Organisation.objects.select_related("region")}
    trainers = [known[one.code] for one in province.bodies.trainers]
    firms = [known[one.code] for one in province.bodies.enterprises]
    regions = {one.code: one for one in Region.objects.current()}
    with acting(by=users[BRINGS], why="按证照和名单登记"):
        _qualifications(province, trainers, regions)
        _pillars(firms, province)
        _suspensions(trainers, firms, province)
    with acting(by=None, why="企业报名"):
        _sign_ups(firms, province, regions, users)
    _blacklist(province, trainers, firms, users)
    _corrections(users)
    _looks(users)
    _answers(province, trainers, firms, users)


def _qualifications(
    province: Province, trainers: list[Organisation], regions: dict[str, Region]
) -> None:
    columns = {
        "organisation_id": "int8", "kind": "varchar", "number": "varchar", "issuer": "varchar",
        "scope": "varchar", "region_id": "int8", "starts_on": "date", "ends_on": "date",
    }  # fmt: skip
    rows = (
        (
            trainers[one.trainer].pk, one.kind, one.number, one.issuer, one.scope,
            regions[one.region].pk if one.region else None, one.first, one.last,
        )
        for one in province.qualifications()
    )  # fmt: skip
    copy_rows("people_qualification", list(columns), list(columns.values()), rows)


def _pillars(firms: list[Organisation], province: Province) -> None:
    """A fifth of the larger enterprises count as pillar or key in 2019, 2020 or both."""
    rng = province.rng(7)
    rows = []
    for at, firm in enumerate(firms):
        if firm.size in ("medium", "large") and (at < 3 or rng.random() < 0.5):
            kind = "pillar" if rng.random() < 0.6 else "key"
            source = "年支柱产业企业名录" if kind == "pillar" else "年省重点企业名单"
            years = (2019, 2020) if at < 3 else ((2020,), (2019, 2020), (2019,))[rng.integers(3)]
            rows += [(firm.pk, year, kind, f"{year}{source}") for year in years]
    columns = ["organisation_id", "year", "kind", "source"]
    copy_rows("people_pillarstatus", columns, ["int8", "int2", "varchar", "varchar"], rows)


def _suspensions(
    trainers: list[Organisation], firms: list[Organisation], province: Province
) -> None:
    """The spring in which everything stood still; and institutions that were told to stop."""
    rng, hit = province.rng(8), province.bodies.are_hit
    reopened = [date(2020, 3, 20), date(2020, 4, 8), date(2020, 5, 6), date(2020, 6, 1)]
    rows: list[tuple[Any, ...]] = [
        (firm.pk, date(2020, 1, 24), reopened[rng.integers(4)], "疫情防控，停工停产")
        for at, firm in enumerate(firms)
        if rng.random() < (0.5 if hit[at] else 0.12)
    ]
    rows += [(trainers[at].pk, date(2020, 2, 3), date(2020, 5, 31), "疫情防控，停止线下培训")
             for at in range(0, 40, 3)]  # fmt: skip
    rows += [(trainers[5].pk, date(2020, 8, 3), None, "学员名册不实，责令停训整改"),
             (trainers[21].pk, date(2020, 9, 1), date(2020, 9, 30), "实训场地消防不合格，暂停招生"),
             (trainers[33].pk, date(2020, 9, 7), None, "办学许可到期，停训换证")]  # fmt: skip
    columns = ["organisation_id", "starts_on", "ends_on", "reason"]
    copy_rows("people_suspension", columns, ["int8", "date", "date", "varchar"], rows)


_SIGN_UP = {
    "credit_code": "varchar", "name": "varchar", "region_id": "int8", "industry": "varchar",
    "occupations": "text", "eligible_count": "int4", "contact_name": "varchar",
    "contact_phone": "bytea", "remarks": "text", "by_id": "int8", "signed_up_at": "timestamptz",
    "organisation_id": "int8", "served_at": "timestamptz", "withdrawn_at": "timestamptz",
    "note": "text",
}  # fmt: skip
_REMARKS = ("", "", "", "希望安排在晚上或周末", "新进员工较多，盼尽快开班", "可提供实训场地")


def _sign_ups(
    firms: list[Organisation], province: Province, regions: dict[str, Region], users: Users
) -> None:
    """A third of the enterprises signed up since July; those of the first weeks are served."""
    rng = province.rng(9)
    chosen = [0, 1, 3, *np.flatnonzero(rng.random(len(firms)) < 0.33).tolist()]
    signed: list[Organisation | None] = [firms[at] for at in dict.fromkeys(chosen)]
    # Some are not known yet.
    signed += [None] * 6
    days = np.sort(rng.integers(0, (DAY - date(2020, 7, 6)).days, len(signed)))
    order = rng.permutation(len(signed))
    numbers = seal_many(phones(rng, len(signed)).to_pylist(), "people_signup.contact_phone")
    people = province.people.names.slice(len(province.people) // 2).to_pylist()
    codes = iter(credit_codes(["91"] * 6, ["420103"] * 6, first=999_000))
    rows = []
    for at, place in enumerate(order):
        firm = signed[place]
        day = date(2020, 7, 6) + timedelta(days=int(days[at]))
        when = moment(day, 8 + at % 10, at % 60)
        region = firm.region_id if firm and firm.region_id else regions["420103"].pk
        code = firm.credit_code if firm else next(codes)
        industry = INDUSTRIES.get(firm.industry, "") if firm else "零售"
        name = firm.name if firm else f"武汉江汉{_BRANDS[at % len(_BRANDS)]}商贸有限公司"
        wanted = [_OCCUPATIONS[i] for i in rng.choice(len(_OCCUPATIONS), 2, replace=False)]
        served = moment(day + timedelta(days=9), 15) if day < date(2020, 8, 15) and firm else None
        gone = moment(day + timedelta(days=4), 10) if at % 23 == 11 and not served else None
        note = "已安排在楚匠学校开班" if served else "企业改为自行组织培训" if gone else ""
        rows.append(
            (
                code, name, region, industry, "\n".join(wanted),
                int(rng.integers(3, 180)), people[at], numbers[at], _REMARKS[at % 6],
                users["huang-li"].pk if firm is firms[0] else None, when,
                firm.pk if firm else None, served, gone, note,
            )
        )  # fmt: skip
    copy_rows("people_signup", list(_SIGN_UP), list(_SIGN_UP.values()), rows)


_BRANDS = ("楚禾源", "汉沐", "江榆", "云澜", "清岚", "泽桓")


def _blacklist(
    province: Province, trainers: list[Organisation], firms: list[Organisation], users: Users
) -> None:
    """Two institutions, an enterprise and some who sold their names."""
    by, why = users["tan-yong"], "以虚假名册套取培训补贴，已追回资金"
    yichang = next(one for one in trainers if one.region and one.region.code == "420583")
    blacklist(yichang, reason=why, decision_number="宜监〔2020〕3号", by=by, on=DAY,
              starts_on=date(2020, 5, 18), ends_on=date(2022, 5, 17))  # fmt: skip
    wuhan = users["hr-wuhan-supervisor"]
    entry = blacklist(trainers[5], reason="学员签到系伪造", by=wuhan, on=DAY,
                      decision_number="武监〔2020〕11号", starts_on=date(2020, 8, 3))  # fmt: skip
    file_appeal(entry, appealed_on=date(2020, 8, 20), by=wuhan, on=DAY, why="机构递交申诉书")
    firm = next(one for one in firms[6:] if one.region and one.region.code.startswith("4201"))
    entry = blacklist(firm, reason="为未到岗人员申报岗前培训补贴", by=wuhan, on=DAY,
                      decision_number="武监〔2020〕7号", starts_on=date(2020, 4, 27))  # fmt: skip
    file_appeal(entry, appealed_on=date(2020, 5, 11), by=wuhan, on=DAY)
    decide_appeal(entry, outcome="overturned", decided_on=date(2020, 6, 8), by=wuhan, on=DAY,
                  note="考勤记录补正后属实，撤销原决定")  # fmt: skip
    for number, at in enumerate(_of_yichang(province), 21):
        person = person_of_number(province.people.numbers[at].as_py())
        assert person is not None
        blacklist(person, reason="出借身份信息，冒名参加培训", by=by, on=DAY,
                  decision_number=f"宜监〔2020〕{number}号", starts_on=date(2020, 5, 18),
                  ends_on=date(2021, 5, 17))  # fmt: skip


def _of_yichang(province: Province) -> list[int]:
    """Three of its working people."""
    people = province.people
    theirs = (places().city[people.living] == 420500) & (people.status == Status.EMPLOYED)
    return [int(at) for at in np.flatnonzero(theirs) if at >= people.fixed][-3:]


def _corrections(users: Users) -> None:
    """What persons say is wrong; half of it is answered."""
    asked = (
        ("chen-yutong", "phone", "手机号换了，请改成毕业后用的新号码", 12),
        ("zhou-hao", "insurance", "2019年11月在江屹船舶焊接有社保，记录里缺一个月", 9),
        ("li-guifang", "employment", "在巷子口餐饮做到2020年2月24日，不是1月", 8),
        ("qin-dayong", "regions", "现住武汉市蔡甸区，户籍仍在建始县", 7),
        ("zhang-weidong", "education", "已取得电大专科毕业证", 2),
        ("li-guifang", "bank_account", "社保卡丢失后补办，卡号变了", 4),
        ("xiang-jinzhi", "bank_account", "社保卡换新，账号变了", 1),
    )
    for key, about, stated, days in asked:
        user = users[key]
        assert user.person is not None
        at = moment(DAY - timedelta(days=days), 20, 15)
        request = ask_correction(user.person, about=about, stated=stated, by=user, at=at)
        if 7 <= days <= 9:
            done = days != 9
            answer_correction(
                request,
                outcome="corrected" if done else "declined",
                answer="已与单位核实并更正" if done else "经核对，该月单位未申报，请先由单位补缴",
                by=users[BRINGS],
                on=DAY,
                at=at + timedelta(days=3),
            )


def _looks(users: Users) -> None:
    """Officials looked into archives of the cast, who can see that, and why."""
    looked = (
        ("wan-hong", "zhou-hao", "identity_number", "复审技能提升补贴，核对证书上的身份证号"),
        ("wan-hong", "qin-dayong", "", ""),
        ("chen-jing", "li-guifang", "phone", "电话核实离职日期"),
        ("xiang-guohua", "xiang-jinzhi", "bank_account", "核对以工代训补贴收款账户"),
        ("he-jianbo", "chen-yutong", "", ""),
    )
    for by, whose, field, why in looked:
        person = users[whose].person
        assert person is not None
        note_opened(person, by=users[by], on=DAY, at=moment(DAY))
        if field:
            reveal(person, field, by=users[by], on=DAY, why=why)


_VERIFICATION = {
    "register": "varchar", "subject": "varchar", "person_id": "int8", "organisation_id": "int8",
    "asked_hash": "bytea", "answer": "varchar", "details": "jsonb", "at": "timestamptz",
    "by_id": "int8",
}  # fmt: skip


def _answers(
    province: Province, trainers: list[Organisation], firms: list[Organisation], users: Users
) -> None:
    """What outside registers answered when they were asked."""
    rng = province.rng(10)
    asked: list[tuple[Person | Organisation, User]] = []
    persons = Person.objects.order_by("pk")[: min(160, len(province.people))]
    asked += [(one, users["liu-yang"]) for one in persons if rng.random() < 0.35]
    asked += [(one, users["chen-jing"]) for one in [*trainers[:12], *firms[:8]]]
    questions = [question_about(thing) for thing, _by in asked]
    hashes = lookup_hash_many("verification", [one.canonical for one in questions])
    with acting(by=users["liu-yang"], why="受理时向外部登记核验", origin="worker"):
        rows = [
            _answer(place, thing, by, hashed)
            for place, ((thing, by), hashed) in enumerate(zip(asked, hashes, strict=True))
        ]
        copy_rows("people_verification", list(_VERIFICATION), list(_VERIFICATION.values()), rows)


def _answer(place: int, thing: Person | Organisation, by: User, hashed: bytes) -> tuple[Any, ...]:
    from psycopg.types.json import Jsonb

    is_person = isinstance(thing, Person)
    answer, details = "confirmed", {}
    if place % 19 == 7:
        answer, details = "mismatch", {"differing": ["name"]}
    elif place % 23 == 5:
        answer = "not_found"
    register = "公安人口信息" if is_person else "市场主体登记"
    at = moment(DAY - timedelta(days=place % 20), 9 + place % 8, place % 60)
    return (
        register, "identity" if is_person else "organisation", thing.pk if is_person else None,
        None if is_person else thing.pk, hashed, answer, Jsonb(details), at, by.pk,
    )  # fmt: skip
