"""What synthetic claims are made of: regions, occupations, mixes of schemes, groups and facts."""

from __future__ import annotations

import datetime as dt


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


SCHEMES = words("PRE POST WORK COMP APPR TECH SKIL ONLN FREE LIVE GRAD ENTR STUD VETE SPEC")

# Hubei's cities and counties (GB/T 2260), as city prefix and the last digits of its places.
_PLACES = {
    "4201": "00 02 03 04 05 06 07 11 12 13 14 15 16 17",
    "4202": "00 02 03 04 05 22 81",
    "4203": "00 02 03 04 22 23 24 25 81",
    "4205": "00 02 03 04 05 06 25 26 27 28 29 81 82 83",
    "4206": "00 02 06 07 24 25 26 82 83 84",
    "4207": "00 02 03 04",
    "4208": "00 02 04 22 81",
    "4209": "00 02 21 22 23 81 82 84",
    "4210": "00 02 03 22 24 81 83 87",
    "4211": "00 02 21 22 23 24 25 26 27 81 82",
    "4212": "00 02 21 22 23 24 81",
    "4213": "00 03 21 81",
    "4228": "00 01 02 22 23 25 26 27 28",
    "4290": "04 05 06 21",
}
REGIONS = [city + place for city, places in _PLACES.items() for place in places.split()]

# Those whose codes in identity numbers have stayed the same since 1986.
BIRTHPLACES = words(
    "420100 420102 420103 420104 420105 420106 420107 420111 420112 420113 420200 "
    "420202 420203 420204 420205 420300 420302 420303 420500 420502 420503 420504 "
    "420600 420602 420624 420625 420626 420700 420800 420802 422800 422801 422802 "
    "422822 422823 422825 422826 422827 422828 429021 "
)

OCCUPATIONS = words(
    "电工 焊工 钳工 锅炉操作工 汽车维修工 铸造工 起重装卸机械操作工 金属热处理工 磨工 模具工 "
    "制冷工 车工 冲压工 手工木工 铣工 中式烹调师 中式面点师 西式烹调师 茶艺师 美容师 安检员 "
    "机床装调维修工 电梯安装维修工 育婴员 保育员 养老护理员 安全评价师 劳动关系协调员 美发师 "
    "客房服务员 餐厅服务员 防水工 架子工 电子商务师 物流服务师 保安员"
)

PROGRAMMES = words(
    "农村致富带头人培训 高危行业领域安全技能提升培训 养老护理员专项培训 林业技能人员培训"
)

# Which schemes a person of each kind claims, and how often.
WORKER_MIX = {"SKIL": 31, "ONLN": 14, "PRE": 19, "POST": 17, "TECH": 7, "COMP": 6, "APPR": 6}
GROUP_MIX = {"VETE": 30, "FREE": 20, "ENTR": 10, "LIVE": 10, "STUD": 10, "SPEC": 10, "GRAD": 10}

# Days on which an application would be in time, first and last, used to make most of them so.
D6 = (dt.date(2020, 6, 1), dt.date(2021, 12, 31))
D7 = (dt.date(2019, 7, 26), dt.date(2021, 12, 31))
SINCE_2020 = (dt.date(2020, 1, 1), dt.date(2022, 6, 30))
WINDOWS = {
    **dict.fromkeys(("PRE", "POST", "COMP", "SPEC"), D6),
    **dict.fromkeys(("APPR", "TECH", "FREE", "LIVE", "GRAD", "ENTR"), D7),
    **dict.fromkeys(("SKIL", "STUD", "VETE"), SINCE_2020),
    "WORK": (dt.date(2020, 6, 1), dt.date(2020, 12, 31)),
    "ONLN": (dt.date(2020, 3, 1), dt.date(2021, 3, 31)),
}
YEARS = (
    (dt.date(2019, 7, 1), dt.date(2019, 12, 31), 0.02),
    (dt.date(2020, 1, 1), dt.date(2020, 12, 31), 0.50),
    (dt.date(2021, 1, 1), dt.date(2021, 12, 31), 0.44),
    (dt.date(2022, 1, 1), dt.date(2022, 6, 30), 0.04),
)

# What a person_groups cell may say, with its weight, by scheme; "" stands for all other schemes.
GROUPS: dict[str, dict[str, float]] = {
    "": {
        "none": 70, "rural_migrant_worker": 16, "recent_graduate": 5, "veteran": 3,
        "hard_to_employ": 2, "rural_migrant_worker;poor_labourer": 2, "disabled": 1,
        "transferred_worker": 1,
    },
    "WORK": {
        "registered_unemployed": 26, "none": 22, "rural_migrant_worker": 18, "recent_graduate": 10,
        "hard_to_employ": 8, "poor_labourer": 5, "rural_migrant_worker;poor_labourer": 4,
        "zero_employment_family": 3, "disabled": 2, "hard_to_employ;disabled": 1, "laid_off": 1,
    },
    "FREE": {
        "laid_off": 22, "registered_unemployed": 20, "rural_migrant_worker": 20, "poor_labourer": 9,
        "school_leaver": 5, "school_leaver_rural": 4, "school_leaver;school_leaver_rural": 4,
        "school_leaver_low_income": 3, "poor_family_child": 4, "transferred_worker": 3,
        "veteran": 2, "disabled": 2, "none": 1, "student": 1,
    },
    "LIVE": {
        "poor_labourer": 35, "hard_to_employ": 25, "school_leaver_rural": 12, "disabled": 8,
        "zero_employment_family": 8, "school_leaver_low_income": 6, "school_leaver": 3,
        "none": 2, "veteran": 1,
    },
    "GRAD": {"recent_graduate": 93, "recent_graduate;registered_unemployed": 4, "student": 3},
    "ENTR": {"recent_graduate": 30, "rural_migrant_worker": 30, "veteran": 20, "laid_off": 17,
             "none": 2, "hard_to_employ": 1},
    "STUD": {"student": 96, "student;poor_family_child": 2, "recent_graduate": 2},
    "VETE": {"veteran": 94, "veteran;registered_unemployed": 3, "veteran;rural_migrant_worker": 2,
             "none": 1},
}  # fmt: skip

_ENTERPRISE = "PRE POST WORK COMP APPR TECH SKIL ONLN"
_PROJECT = "FREE GRAD ENTR STUD VETE SPEC"
_PLANNED = f"PRE POST APPR TECH ONLN {_PROJECT}"
_BY_OCCUPATION = f"POST TECH SKIL {_PROJECT}"
_TAUGHT = f"{_PLANNED} SKIL LIVE COMP"

# Column: schemes whose decision reads it (nearly always filled), and others that often carry it.
FILLED: dict[str, tuple[str, str]] = {
    "employer_id": ("PRE WORK ONLN", _ENTERPRISE),
    "institution_id": (_PROJECT, "LIVE ONLN"),
    "training_id": (_TAUGHT, "WORK"),
    "occupation": (_BY_OCCUPATION, _TAUGHT),
    "level": (_BY_OCCUPATION, _TAUGHT),
    "training_mode": (_PLANNED, "SKIL LIVE"),
    "platform_licensed": (_PLANNED, ""),
    "platform_accredited": (_PLANNED, ""),
    "institution_listed": (_PROJECT, "LIVE"),
    "project_approved": ("STUD VETE", _PROJECT),
    "project_designated": ("VETE", ""),
    "trained_in_own_region": ("FREE GRAD ENTR", f"{_PROJECT} LIVE"),
    "hours": ("PRE POST", _TAUGHT),
    "training_start": (_PLANNED, _TAUGHT),
    "training_end": ("ONLN", _TAUGHT),
    "plan_filed_on": (_PLANNED, ""),
    "passed": ("PRE POST APPR STUD SPEC", _PLANNED),
    "certificate_type": ("TECH SKIL ONLN FREE GRAD ENTR STUD", "VETE"),
    "certificate_no": ("TECH SKIL ONLN FREE GRAD ENTR STUD", "VETE"),
    "certificate_issued_on": ("TECH SKIL ONLN FREE GRAD ENTR STUD", "VETE"),
    "certificate_verified": ("SKIL", "TECH ONLN FREE GRAD ENTR STUD VETE"),
    "contract_signed_on": ("PRE", "POST APPR TECH"),
    "contract_months": ("PRE", "POST APPR TECH"),
    "hire_status": ("PRE WORK", "POST APPR"),
    "employed_at_training": ("POST", "PRE APPR TECH ONLN"),
    "social_insurance_months": ("PRE", _ENTERPRISE),
    "unemployment_insurance_months": ("SKIL ONLN", _ENTERPRISE),
    "still_employed": ("PRE", "POST APPR TECH"),
    "enterprise_size": ("WORK", _ENTERPRISE),
    "enterprise_industry": ("WORK", _ENTERPRISE),
    "enterprise_suspended": ("WORK", _ENTERPRISE),
    "enterprise_insured": ("WORK", _ENTERPRISE),
    "pillar_or_key": ("POST", _ENTERPRISE),
    "person_groups": ("WORK POST FREE LIVE GRAD ENTR STUD VETE", _TAUGHT),
    "service_month": ("WORK", ""),
    "wage_paid": ("WORK", ""),
    "competition_id": ("COMP", ""),
    "competition_level": ("COMP", ""),
    "finalist": ("COMP", ""),
    "apprenticeship_year": ("APPR", ""),
    "apprentice_agreement": ("APPR", ""),
    "days": ("LIVE", ""),
    "programme": ("SPEC", ""),
    "fee_yuan": ("VETE", ""),
}
