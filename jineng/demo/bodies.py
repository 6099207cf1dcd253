"""Organisations: departments, training institutions, evaluation bodies, platforms, enterprises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from jineng.demo.numbers import accounts, credit_codes
from jineng.demo.places import names, places

Random = np.random.Generator


@dataclass(frozen=True)
class Body:
    """One organisation; ``code``: its credit code, given when all are known."""

    name: str
    kinds: tuple[str, ...]
    region: str
    size: str = ""
    industry: str = ""
    code: str = ""
    bank: str = ""
    account: str = ""


#: By key: departments that officials belong to.
DEPARTMENTS = {
    "hr": Body("湖北省人力资源和社会保障厅", ("human_resources",), "420000"),
    "hr-wuhan": Body("武汉市人力资源和社会保障局", ("human_resources",), "420100"),
    "hr-yichang": Body("宜昌市人力资源和社会保障局", ("human_resources",), "420500"),
    "hr-wuchang": Body("武汉市武昌区人力资源局", ("human_resources",), "420106"),
    "hr-yiling": Body("宜昌市夷陵区人力资源和社会保障局", ("human_resources",), "420506"),
    "hr-zigui": Body("秭归县人力资源和社会保障局", ("human_resources",), "420527"),
    "education": Body("湖北省教育厅", ("education",), "420000"),
    "veterans": Body("湖北省退役军人事务厅", ("veterans",), "420000"),
    "finance": Body("湖北省财政厅", ("finance",), "420000"),
    "union": Body("湖北省总工会", ("union",), "420000"),
}

#: The first of the enterprises; those of the cast, who are told of by name.
KNOWN = (
    Body("武汉楚禾汽车零部件有限公司", ("enterprise",), "420114", "large", "C36"),
    Body("宜昌峡沐纺织有限公司", ("enterprise",), "420506", "medium", "C17"),
    Body("武汉江屹船舶焊接有限公司", ("enterprise",), "420107", "medium", "C37"),
    Body("武汉巷子口餐饮管理有限公司", ("enterprise",), "420106", "small", "H62"),
    Body("秭归橙溪食品有限公司", ("enterprise",), "420527", "small", "C13"),
    Body("湖北楚驿人力资源服务有限公司", ("enterprise",), "420103", "large", "L72"),
)
CHUHE, XIAMU, JIANGYI, XIANGZIKOU, CHENGXI, CHUYI = range(len(KNOWN))

#: Industries (GB/T 4754) of other enterprises: what they are called, and how many, in proportion.
_INDUSTRIES = (
    ("C17", "纺织", 6), ("C18", "服饰", 5), ("C13", "食品", 7), ("C36", "汽车零部件", 9),
    ("C39", "电子", 7), ("C26", "化工", 5), ("C33", "金属制品", 6), ("C38", "电气", 5),
    ("C30", "建材", 5), ("E47", "建筑工程", 8), ("E50", "装饰工程", 4), ("F51", "贸易", 7),
    ("F52", "商贸", 8), ("G54", "物流", 6), ("H61", "酒店管理", 4), ("H62", "餐饮管理", 7),
    ("I65", "信息技术", 7), ("K70", "物业管理", 6), ("L72", "人力资源服务", 3),
    ("N78", "旅游开发", 3), ("O80", "家政服务", 4), ("Q84", "养老服务", 3), ("R88", "文化传播", 3),
    ("A01", "农业发展", 5),
)  # fmt: skip
#: What each is called, in words.
INDUSTRIES = {code: word for code, word, _weight in _INDUSTRIES} | {"C37": "船舶修造"}
#: Those that stood still longest in the spring of 2020.
HIT = ("H61", "H62", "N78", "R88", "F52", "O80", "G54")
_FIRST = "楚荆汉江鄂云清泽天恒鼎瑞盛宏嘉华信诚百长昌启中金新"
_SECOND = "禾沐榆澜岚桓朴璟屹铭湛骁霖砚筱淳茂润晟沛楷浔汐垚"
_SIZES = ("micro", "small", "medium", "large")
_STAFF = {"micro": 4, "small": 22, "medium": 110, "large": 420}
_BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "汉口银行", "湖北银行", "招商银行")


@dataclass(frozen=True)
class Bodies:
    """All of them, each with its code; ``trainers``: institutions, evaluation bodies, platforms."""

    departments: dict[str, Body]
    trainers: list[Body]
    enterprises: list[Body] = field(repr=False)

    @property
    def staff(self) -> np.ndarray:
        """How many work for each of the enterprises, in proportion."""
        return np.array([_STAFF[one.size] for one in self.enterprises], dtype=np.float64)

    @property
    def are_hit(self) -> np.ndarray:
        """Which of the enterprises stood still in the spring of 2020."""
        return np.array([one.industry in HIT for one in self.enterprises], dtype=bool)

    @property
    def cities(self) -> np.ndarray:
        """The city of each enterprise, as a number."""
        city = dict(zip(places().codes, places().cities, strict=True))
        return np.array([int(city[one.region]) for one in self.enterprises], dtype=np.int64)


def bodies(enterprises: int, rng: Random) -> Bodies:
    """The organisations of the province, with so many enterprises."""
    trainers = list(TRAINERS)
    firms = [*KNOWN, *_enterprises(enterprises - len(KNOWN), rng)]
    every = [*DEPARTMENTS.values(), *trainers, *firms]
    codes = credit_codes([_registered_as(one) for one in every], [one.region for one in every])
    numbers = accounts(rng, len(every)).to_pylist()
    banks = rng.integers(0, len(_BANKS), len(every))
    made = iter(
        Body(one.name, one.kinds, one.region, one.size, one.industry, code, bank, account)
        for one, code, bank, account in zip(
            every,
            codes,
            [_bank(_BANKS[at], one) for at, one in zip(banks, every, strict=True)],
            numbers,
            strict=True,
        )
    )
    return Bodies(
        {key: next(made) for key in DEPARTMENTS}, [next(made) for _one in trainers], list(made)
    )


def _registered_as(body: Body) -> str:
    """The first two characters of a credit code: by whom, and as what."""
    if body.name.endswith("学校"):
        return "52"
    if {"human_resources", "education", "veterans", "finance"} & set(body.kinds):
        return "11"
    return "81" if "union" in body.kinds else "91"


def _bank(bank: str, body: Body) -> str:
    return f"{bank}{names()[body.region].removesuffix('省')}支行"


def table(listed: Sequence[Body]) -> pa.Table:
    """The columns of a file of organisations."""
    return pa.table(
        {
            "统一社会信用代码": [one.code for one in listed],
            "单位名称": [one.name for one in listed],
            "单位类别": ["、".join(one.kinds) for one in listed],
            "所在地": [one.region for one in listed],
            "企业规模": [one.size or None for one in listed],
            "行业代码": [one.industry or None for one in listed],
            "开户行": [one.bank for one in listed],
            "银行账号": [one.account for one in listed],
        }
    )


def _short(region: str) -> str:
    name = names()[region]
    for tail in ("土家族苗族自治州", "土家族自治县", "林区", "市", "区", "县", "省"):
        if name.endswith(tail) and len(name) > len(tail) + 1:
            return name.removesuffix(tail)
    return name


def _enterprises(count: int, rng: Random) -> Iterator[Body]:
    """Four tenths of them in Wuhan; no two have one name."""
    at, city = places(), places().city
    shares = at.shares * np.where(city == 420100, 2.2, 1.0) * np.where(at.are_urban, 1.5, 0.8)
    # What became a city in June 2020 bore another code when they were registered.
    shares[at.place("421088")] = 0
    regions = rng.choice(len(shares), count, p=shares / shares.sum())
    weights = np.array([weight for _code, _word, weight in _INDUSTRIES], dtype=np.float64)
    industries = rng.choice(len(weights), count, p=weights / weights.sum())
    sizes = rng.choice(4, count, p=[0.35, 0.42, 0.17, 0.06])
    used = {one.name for one in KNOWN}
    for region, industry, size in zip(regions, industries, sizes, strict=True):
        code, word, _weight = _INDUSTRIES[industry]
        where = _short((at.cities if at.are_urban[region] else at.codes)[region])
        name = ""
        while not name or name in used:
            brand = _FIRST[rng.integers(len(_FIRST))] + _SECOND[rng.integers(len(_SECOND))]
            if rng.random() < 0.25 or count > 5_000:
                brand += _SECOND[rng.integers(len(_SECOND))]
            name = f"{where}{brand}{word}有限公司"
        used.add(name)
        yield Body(name, ("enterprise",), at.codes[region], _SIZES[size], code)


_INSTITUTIONS = (
    ("武昌楚匠职业培训学校", "420106"), ("宜昌峡江技工学校", "420502"),
    ("武汉江澜焊接职业培训学校", "420107"), ("武汉沐禾家政职业培训学校", "420105"),
    ("武汉云屹信息职业培训学校", "420111"), ("武汉荆澜烹饪职业培训学校", "420102"),
    ("武汉恒榆电子商务职业培训学校", "420103"), ("武汉汉湛汽车维修职业培训学校", "420104"),
    ("武汉东湖霖养老护理职业培训学校", "420106"), ("武汉盘龙筱创业培训学校", "420116"),
    ("武汉蔡甸淳技工学校", "420114"), ("武汉新洲晟建筑职业培训学校", "420117"),
    ("黄石磁湖楷职业培训学校", "420202"), ("大冶青铜润技工学校", "420281"),
    ("十堰车城屹技工学校", "420302"), ("郧西天河沛职业培训学校", "420322"),
    ("宜昌夷陵榆职业培训学校", "420506"), ("秭归屈乡朴职业培训学校", "420527"),
    ("长阳清江桓职业培训学校", "420528"), ("枝江玛瑙铭职业培训学校", "420583"),
    ("襄阳古隆岚职业培训学校", "420602"), ("襄阳汉水骁技工学校", "420606"),
    ("枣阳雕龙淳职业培训学校", "420683"), ("鄂州吴都浔职业培训学校", "420704"),
    ("荆门象山璟职业培训学校", "420802"), ("钟祥莫愁汐职业培训学校", "420881"),
    ("孝感槐荫禾职业培训学校", "420902"), ("汉川马口润纺织职业培训学校", "420984"),
    ("荆州古城砚技工学校", "421003"), ("洪湖蓝田浔职业培训学校", "421083"),
    ("黄冈东坡晟职业培训学校", "421102"), ("麻城杜鹃岚职业培训学校", "421181"),
    ("蕲春本草筱护理职业培训学校", "421126"), ("咸宁桂乡沐职业培训学校", "421202"),
    ("赤壁青砖淳制茶职业培训学校", "421281"), ("随州炎帝垚技工学校", "421303"),
    ("恩施硒都朴职业培训学校", "422801"), ("利川腾龙澜旅游职业培训学校", "422802"),
    ("仙桃沔阳茂服装职业培训学校", "429004"), ("潜江曹禺霖职业培训学校", "429005"),
    ("天门竟陵楷职业培训学校", "429006"), ("神农架木鱼岚生态旅游职业培训学校", "429021"),
)  # fmt: skip
_EVALUATION_BODIES = (
    ("湖北楚衡职业技能评价中心", "420106"), ("宜昌峡衡职业技能评价有限公司", "420502"),
    ("武汉江衡职业技能评价有限公司", "420102"), ("武汉光屹职业技能评价有限公司", "420111"),
    ("黄石铜衡职业技能评价有限公司", "420202"), ("十堰车衡职业技能评价有限公司", "420302"),
    ("襄阳汉衡职业技能评价有限公司", "420606"), ("荆州荆衡职业技能评价有限公司", "421003"),
    ("孝感孝衡职业技能评价有限公司", "420902"), ("黄冈冈衡职业技能评价有限公司", "421102"),
    ("恩施硒衡职业技能评价有限公司", "422801"), ("荆门门衡职业技能评价有限公司", "420802"),
)  # fmt: skip
_PLATFORMS = (
    ("湖北楚学云信息技术有限公司", "420111"), ("武汉荆课在线教育科技有限公司", "420111"),
    ("宜昌峡培网络科技有限公司", "420502"), ("武汉匠步信息技术有限公司", "420106"),
    ("襄阳隆学云教育科技有限公司", "420606"), ("湖北工课网络科技有限公司", "420102"),
)  # fmt: skip

#: Everybody who trains or examines.
TRAINERS = (
    *(Body(name, ("institution",), region) for name, region in _INSTITUTIONS),
    *(Body(name, ("evaluation_body",), region) for name, region in _EVALUATION_BODIES),
    *(Body(name, ("platform",), region) for name, region in _PLATFORMS),
)
#: The first institution, evaluation body and platform, and others of the cast.
CHUJIANG, XIAJIANG = 0, 1
CHUHENG, XIAHENG = len(_INSTITUTIONS), len(_INSTITUTIONS) + 1
CHUXUE = len(_INSTITUTIONS) + len(_EVALUATION_BODIES)


@dataclass(frozen=True)
class Held:
    """A qualification; ``trainer``: the place among the trainers."""

    trainer: int
    kind: str
    number: str
    issuer: str
    scope: str
    region: str
    first: date
    last: date | None


def qualifications(trainers: Sequence[Body], rng: Random) -> Iterator[Held]:
    """What each holds: most for years, some until soon, some that has ended."""
    soon, ended = (date(2020, 9, 30), date(2020, 10, 12)), (date(2020, 6, 30), date(2020, 8, 31))
    for at, one in enumerate(trainers):
        first = date(2017, 1 + at % 12, 1 + at % 28)
        last = date(2023, 1 + at % 12, 1 + at % 28)
        if at == 0 or at % 9 == 4:
            last = soon[at % 2]
        elif at % 13 == 7:
            last = ended[at % 2]
        issuer = f"{names()[one.region]}人力资源和社会保障局"
        if "institution" in one.kinds:
            number = f"人社民4{one.region[1:]}{rng.integers(10**4, 10**5)}号"
            yield Held(at, "school_permit", number, issuer, "职业技能培训", "", first, last)
            listing = date(2020, 2, 28) if at % 11 else date(2020, 7, 1)
            number = f"鄂训目〔2020〕{at + 1}号"
            yield Held(at, "institution_listing", number, issuer, "2020年度", one.region, listing,
                       date(2021, 2, 28))  # fmt: skip
            if at % 3 == 0:
                yield Held(at, "project_listing", f"鄂项训〔2019〕{at + 1}号", issuer, "", "",
                           date(2019, 7, 26), date(2021, 12, 31))  # fmt: skip
        if {"evaluation_body", "platform"} & set(one.kinds):
            number = f"鄂技评{rng.integers(10**5, 10**6)}"
            yield Held(at, "level_evaluation", number, "湖北省职业技能鉴定指导中心",
                       "中级工、高级工", "", first, last)  # fmt: skip
        if "platform" in one.kinds:
            province = "湖北省人力资源和社会保障厅"
            yield Held(at, "project_listing", f"鄂线训〔2020〕{at}号", province, "线上培训", "",
                       date(2020, 2, 10), date(2021, 12, 31))  # fmt: skip
            yield Held(at, "skills_training", f"鄂技训〔2019〕{at}号", province, "", "",
                       date(2019, 3, 1), last)  # fmt: skip
            for region in ("420100", "420500", one.region)[: 1 + at % 3]:
                yield Held(at, "regional_accreditation", f"线认〔2020〕{at}号", issuer, "线上培训",
                           region, date(2020, 3, 1), date(2020, 12, 31))  # fmt: skip
