"""The cast: for each role one or two people with a name and a story, and their colleagues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jineng.demo.bodies import (
    CHENGXI,
    CHUHE,
    CHUHENG,
    CHUJIANG,
    CHUXUE,
    CHUYI,
    DEPARTMENTS,
    JIANGYI,
    XIAHENG,
    XIAJIANG,
    XIAMU,
    XIANGZIKOU,
)
from jineng.demo.fixed import Fixed, Group, Job

#: Whose users they are; the doors of the demo open for these alone.
GROUP = "演示角色"

#: Where somebody belongs: a department's key, a place among the trainers or among enterprises.
DEPARTMENT, TRAINER, FIRM = "department", "trainer", "firm"


@dataclass(frozen=True)
class Seat:
    """A user. ``key``: their name in addresses; ``role``: as in `people.models.Role`.

    ``place``: what stands behind the name, to tell those of one name apart; ``story``: empty for
    colleagues, who are no part of the cast.
    """

    key: str
    role: str
    person: Fixed
    body: tuple[str, str | int] | None = None
    place: str = ""
    story: str = ""

    def username(self, name: str) -> str:
        """What the user is called."""
        return f"{name}@{self.place}" if self.place else name


def _official(
    key: str, role: str, name: str, at: str, born: date, story: str, *, male: bool = False
) -> Seat:
    home = _HOMES[at]
    person = Fixed(name, male, born, home, works=home, education="bachelor")
    return Seat(key, role, person, (DEPARTMENT, at), _PLACES[at], story)


_HOMES = {key: "420106" if one.region in ("420000", "420100") else one.region
          for key, one in DEPARTMENTS.items()} | {"hr-yichang": "420502"}  # fmt: skip
_PLACES = {
    "hr": "省人社厅", "hr-wuhan": "武汉人社", "hr-yichang": "宜昌人社", "hr-wuchang": "武昌人社",
    "hr-yiling": "夷陵人社", "hr-zigui": "秭归人社", "education": "省教育厅",
    "veterans": "省退役军人厅", "finance": "省财政厅", "union": "省总工会",
}  # fmt: skip

WORKERS = (
    Seat(
        "zhou-hao",
        "worker",
        Fixed("周浩", True, date(1993, 4, 12), "420107", works="420107",
              jobs=(Job(JIANGYI, -26, kinds=31, contract=60),)),
        story="青山船厂的焊工，刚考下四级证书，想知道失业保险缴够十二个月没有、能领多少钱。",
    ),
    Seat(
        "li-guifang",
        "worker",
        Fixed("李桂芳", False, date(1974, 9, 3), "420106", education="junior",
              jobs=(Job(XIANGZIKOU, -40, 16, unpaid=(15,)),),
              groups=(Group("laid_off", date(2020, 2, 24)),)),
        story="餐馆二月关了门，她登记了失业，想免费学养老护理再找一份工。",
    ),
    Seat(
        "qin-dayong",
        "worker",
        Fixed("覃大勇", True, date(1986, 1, 20), "420114", "422822", "420114", "junior",
              jobs=(Job(CHUHE, 18, contract=36),),
              groups=(Group("rural_migrant_worker", date(2015, 3, 1)),)),
        story="从恩施建始来武汉打工，三月进了汽车零部件厂，正在上岗前培训。",
    ),
    Seat(
        "chen-yutong",
        "worker",
        Fixed("陈雨桐", False, date(1998, 6, 25), "420602", education="bachelor",
              groups=(Group("recent_graduate", date(2020, 6, 30)),)),
        story="今年大学毕业，还没找到工作；档案里的手机号是旧的，她申请了更正。",
    ),
    Seat(
        "zhang-weidong",
        "worker",
        Fixed("张卫东", True, date(1991, 8, 1), "420502", works="420502",
              jobs=(Job(XIAMU, 6, contract=24, unpaid=(17, 18)),),
              groups=(Group("veteran", date(2018, 12, 1)),)),
        story="退役两年，白天在纺织厂开叉车，晚上想学电工。",
    ),
    Seat(
        "xiang-jinzhi",
        "worker",
        Fixed("向金枝", False, date(1980, 11, 17), "420527", works="420527", education="primary",
              jobs=(Job(CHENGXI, 20, contract=12),),
              groups=(Group("poor_labourer", date(2014, 12, 31)),)),
        story="建档立卡户，五月到镇上的脐橙加工厂上班，厂里为她申请以工代训补贴。",
    ),
)  # fmt: skip

STAFF = (
    Seat(
        "huang-li",
        "enterprise_hr",
        Fixed("黄莉", False, date(1987, 5, 9), "420114", works="420114", education="bachelor",
              jobs=(Job(CHUHE, -60, contract=-1),)),
        (FIRM, CHUHE),
        "楚禾",
        "大厂的人事，替新进的工人申报岗前培训补贴，表里的错处系统一次给她列全。",
    ),
    Seat(
        "he-min",
        "enterprise_hr",
        Fixed("何敏", False, date(1990, 12, 2), "420106", works="420106", education="college",
              jobs=(Job(XIANGZIKOU, -20, contract=24, unpaid=(17, 18)),)),
        (FIRM, XIANGZIKOU),
        "巷子口",
        "二十来人的餐馆，她又管账又管人事，第一次申报以工代训，缺哪份材料心里没底。",
    ),
    Seat(
        "zheng-guoping",
        "institution_admin",
        Fixed("郑国平", True, date(1971, 3, 14), "420106", works="420106", education="bachelor"),
        (TRAINER, CHUJIANG),
        "楚匠学校",
        "民办培训学校的校长，盯着办学许可的有效期，也盯着免费培训的补贴标准。",
    ),
    Seat(
        "sun-xiaodong",
        "institution_admin",
        Fixed("孙晓东", True, date(1984, 10, 8), "420111", works="420111", education="master"),
        (TRAINER, CHUXUE),
        "楚学云",
        "线上平台的负责人，三项许可一项都不能断。",
    ),
    Seat(
        "luo-zhigang",
        "teacher",
        Fixed("罗志刚", True, date(1968, 7, 22), "420107", works="420106", education="college"),
        (TRAINER, CHUJIANG),
        "楚匠学校",
        "二十年的高级技师，教焊工实训，学员证书没下来他比谁都急。",
    ),
    Seat(
        "tian-fang",
        "teacher",
        Fixed("田芳", False, date(1989, 2, 28), "420502", works="420502", education="bachelor"),
        (TRAINER, XIAJIANG),
        "峡江技校",
        "带两个养老护理班，一半学员是五十岁上下的下岗女工。",
    ),
    Seat(
        "peng-wenjing",
        "evaluation_manager",
        Fixed("彭文静", False, date(1979, 6, 5), "420106", works="420106", education="bachelor"),
        (TRAINER, CHUHENG),
        "楚衡中心",
        "评价中心主任，证书由她这里发，发之前要能说清每一分成绩。",
    ),
    Seat(
        "hu-haibo",
        "examiner",
        Fixed("胡海波", True, date(1976, 4, 30), "420502", works="420502", education="college"),
        (TRAINER, XIAHENG),
        "峡衡评价",
        "电工考评员，周末带着设备下县里考实操。",
    ),
)  # fmt: skip

OFFICIALS = (
    _official("chen-jing", "acceptor", "陈静", "hr-wuchang", date(1988, 3, 8),
              "武昌区受理窗口，一天三百份材料，先看缺什么，再看对不对。"),
    _official("xiang-guohua", "acceptor", "向国华", "hr-zigui", date(1970, 9, 19),
              "秭归县受理，翻山进村核对过每一户建档立卡的培训名单。", male=True),
    _official("liu-yang", "first_reviewer", "刘洋", "hr-wuchang", date(1985, 1, 11),
              "武昌区初审，只信记录不信口头，社保差一个月也要退回去说明白。", male=True),
    _official("wan-hong", "second_reviewer", "万红", "hr-wuhan", date(1978, 11, 27),
              "武汉市复审，抽查区里报上来的每一批。"),
    _official("xiong-wei", "approver", "熊伟", "hr-wuhan", date(1969, 5, 16),
              "武汉市审批，签字之前要看到条款。", male=True),
    _official("yu-li", "cashier", "余丽", "hr-wuhan", date(1990, 8, 23),
              "武汉市出纳，钱付出去之前最后一双眼睛。"),
    _official("tan-yong", "supervisor", "谭勇", "hr-yichang", date(1974, 2, 2),
              "宜昌市监管，查过一家拿假名册套补贴的机构，黑名单是他列的。", male=True),
    _official("xu-ying", "statistician", "徐颖", "hr", date(1992, 7, 7),
              "省厅统计，年底前要交出全省培训人次的准数。"),
    _official("feng-li", "policy_admin", "冯立", "hr", date(1975, 12, 20),
              "省厅政策管理员，文件里没写死的地方，由他标明是怎么理解的。", male=True),
    _official("yan-ming", "auditor", "严明", "hr", date(1966, 10, 10),
              "审计，从一笔钱倒着走回课堂，看日志有没有被人动过。", male=True),
    _official("he-jianbo", "acceptor", "何建波", "hr", date(1983, 6, 18),
              "省厅数据岗，每月把社保和就业登记的名册导进来。", male=True),
)  # fmt: skip

PLATFORM = Seat(
    "cheng-kai",
    "platform_admin",
    Fixed("程凯", True, date(1986, 9, 9), "420111", works="420111", education="master"),
    None,
    "平台运行",
    "平台管理员，给每个人开账号、定岗位，自己一份档案也看不到。",
)

#: Who brings the lists of their departments, and others without a story.
_COLLEAGUES = (
    _official("mei-xiaoling", "acceptor", "梅晓玲", "education", date(1981, 4, 4), ""),
    _official("shi-jianjun", "acceptor", "石建军", "veterans", date(1972, 8, 1), "", male=True),
    _official("finance-cashier", "cashier", "", "finance", date(1980, 5, 21), ""),
    _official("union-statistician", "statistician", "", "union", date(1977, 10, 30), ""),
    Seat("liu-yan", "enterprise_hr",
         Fixed("刘燕", False, date(1983, 2, 17), "420506", works="420506", education="college",
               jobs=(Job(XIAMU, -30, contract=36),)), (FIRM, XIAMU), "峡沐"),
    Seat("chuyi-hr", "enterprise_hr",
         Fixed("", False, date(1991, 3, 26), "420103", works="420103", education="bachelor",
               jobs=(Job(CHUYI, -12, contract=36),)), (FIRM, CHUYI), "楚驿"),
    Seat("chengxi-hr", "enterprise_hr",
         Fixed("", True, date(1982, 12, 12), "420527", works="420527", education="college",
               jobs=(Job(CHENGXI, -50, contract=-1),)), (FIRM, CHENGXI), "橙溪"),
)  # fmt: skip

_HUMAN_RESOURCES = tuple(key for key in DEPARTMENTS if key.startswith("hr"))
_ROLES = ("acceptor", "first_reviewer", "second_reviewer", "approver", "cashier", "supervisor",
          "statistician", "policy_admin", "auditor")  # fmt: skip


def _others() -> Iterator[Seat]:
    """Officials of every role in every human resources department, where none is told of."""
    taken = {(one.body, one.role) for one in OFFICIALS}
    for at, key in enumerate(_HUMAN_RESOURCES):
        for place, role in enumerate(_ROLES):
            if ((DEPARTMENT, key), role) in taken:
                continue
            born = date(
                1966 + (7 * at + 5 * place) % 30, 1 + (at + place) % 12, 1 + 3 * (place % 8) + at
            )
            male = (at + place) % 2 == 0
            yield _official(f"{key}-{role.replace('_', '-')}", role, "", key, born, "", male=male)


CAST = (*WORKERS, *STAFF, *OFFICIALS, PLATFORM)
#: Everybody who has a user; the first persons of the province are theirs, in this order.
SEATS = (*CAST, *_COLLEAGUES, *_others())
SEAT = {seat.key: seat for seat in SEATS}
