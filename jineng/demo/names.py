"""Names of people: surnames as frequent as in Hubei, given names as their generation got them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: Surnames, the frequent ones first in groups: how many of a thousand bear each of a group.
_SURNAMES = (
    (58, "王李张"),
    (44, "刘陈"),
    (26, "杨黄周胡"),
    (19, "吴徐朱赵孙何"),
    (12, "余程彭郭罗高马熊万邓田向谭汪"),
    (8, "肖叶曾冯蔡谢许宋袁夏江方雷秦石龚涂梁陶"),
    (5, "曹魏吕唐付杜廖覃金邹姚卢范丁任沈钟严阮黎贺柯童舒韩董潘章殷尹"),
    (2, "郑林苏蒋于毛段侯邱史戴易文孔莫左鲁詹占游饶祝库喻闵盛皮艾明尤操"),
)
_DOUBLE = ("欧阳", "皇甫", "司马", "上官")

#: For each generation, by the first year of birth that is no longer in it: whole given names, then
#: first and last characters of such as are put together. Men, then women.
_MEN = (
    (
        1960,
        "建国 国华 志明 德华 正国 文斌 光明 家旺 传运 先华 国庆 汉生 福生 大贵 金山 明清 世荣",
        "国志德正文光家传先汉福大金明世祖开昌友道永万",
        "华明清荣贵生山林才发祥安成忠义武斌海财龙",
    ),
    (
        1970,
        "建军 卫东 红卫 国强 志强 爱国 建华 建平 卫国 永红 汉桥 新民 文革 保国 正军 少华 小平",
        "建卫国志红爱新永汉文保正少小克世友先昌宏长",
        "军东强国华平民红桥林明生斌兵文武山海清雄",
    ),
    (
        1980,
        "伟 军 勇 涛 斌 强 刚 波 辉 俊 志刚 建波 红兵 海涛 少锋 文军 国平 小军 永胜 汉明 卫华",
        "志建海少文国小永汉卫红宏光立正晓东俊家",
        "刚波兵涛锋军平胜明华辉斌勇强峰林松雄",
    ),
    (
        1990,
        "伟 磊 超 鹏 杰 涛 斌 俊 凯 波 飞 勇 浩 亮 志伟 俊杰 晓东 海波 文杰 明辉 建明 亚军 立",
        "志俊晓海文明建亚立国家小振少宏伟正天金",
        "伟杰东波辉明军鹏飞超磊峰龙亮凯斌涛强",
    ),
    (
        9999,
        "浩 杰 鑫 宇 浩然 子豪 俊杰 文博 宇航 天宇 嘉豪 子轩 志豪 博文 睿 昊 阳 一鸣 梓豪 泽宇",
        "子俊文宇天嘉志博浩泽思家梓晨明一锦承振",
        "豪杰博航轩然鸣涵宇阳辰宏毅凡文翔睿昊森",
    ),
)
_WOMEN = (
    (
        1960,
        "秀英 桂兰 玉兰 桂英 秀兰 凤英 玉珍 腊梅 菊香 春秀 金枝 翠英 桂香 玉梅 传秀 先枝 大英",
        "秀桂玉凤腊菊春金翠传先大冬友银兰年元细",
        "英兰珍梅香秀枝花云芝莲凤娥姣桃荣",
    ),
    (
        1970,
        "秀英 红 建华 春梅 小红 爱华 玉华 冬梅 桂华 丽华 卫红 秋菊 春兰 汉英 金花 翠兰 红梅 腊英",
        "红春小爱玉冬桂丽卫秋汉金翠建友先双新凤",
        "英华梅红兰菊花香琴芳萍霞云平珍莲娥",
    ),
    (
        1980,
        "芳 丽 红 敏 霞 燕 萍 艳 琴 静 娟 玲 红霞 春燕 丽娟 小玲 艳红 海燕 晓红 冬梅 汉萍 莉 华",
        "红春丽小艳海晓冬汉玉爱金桂凤文秀立美雪",
        "霞燕娟玲红梅萍芳琴华英丽艳云琼蓉莉",
    ),
    (
        1990,
        "静 婷 丹 娟 丽 艳 敏 芳 莉 娜 倩 玲 燕 晶 莎 丽娟 婷婷 丹丹 晓燕 雪梅 海燕 文静 小娟 慧",
        "晓雪文小丽海艳春思美红玉慧梦婷佳亚冬",
        "燕梅静娟丽芳玲敏婷萍霞云琴莹倩洁艳",
    ),
    (
        9999,
        "雨婷 欣怡 梦婷 思琪 佳怡 雅婷 雨欣 子涵 诗琪 梦瑶 婷 悦 颖 雪 慧敏 思雨 心怡 紫涵 雨桐",
        "雨欣梦思佳雅子诗心紫语嘉梓可婉若雪静怡",
        "婷怡琪欣涵瑶悦彤萱桐颖雯月琳妍文洁",
    ),
)
#: How many of a generation bear one of its whole names, and how many a single character beside.
_WHOLE = 0.45


def full_names(rng: np.random.Generator, born: Ints, men: NDArray[np.bool_]) -> pa.Array:
    """Names for persons who were born in these years."""
    count = len(born)
    texts, shares = _surnames()
    surnames = pa.array(texts).take(pa.array(rng.choice(len(texts), count, p=shares)))
    given = np.empty(count, dtype=object)
    for generations, those in ((_MEN, men), (_WOMEN, ~men)):
        since = 0
        for until, whole, first, last in generations:
            of = np.flatnonzero(those & (born >= since) & (born < until))
            given[of] = _given(rng, len(of), whole.split(), first, last)
            since = until
    return pc.binary_join_element_wise(surnames, pa.array(given, pa.string()), "")


def _surnames() -> tuple[list[str], NDArray[np.float64]]:
    texts = [one for _weight, group in _SURNAMES for one in group] + list(_DOUBLE)
    weights = [weight for weight, group in _SURNAMES for _one in group] + [0.3] * len(_DOUBLE)
    shares = np.array(weights, dtype=np.float64)
    return texts, shares / shares.sum()


def _given(
    rng: np.random.Generator, count: int, whole: list[str], first: str, last: str
) -> NDArray[np.object_]:
    # The first of a list are borne by more.
    weights = 1 / (np.arange(len(whole)) + 4)
    popular = np.array(whole, dtype=object)[
        rng.choice(len(whole), count, p=weights / weights.sum())
    ]
    made = (
        np.array(list(first), dtype=object)[rng.integers(0, len(first), count)]
        + np.array(list(last), dtype=object)[rng.integers(0, len(last), count)]
    )
    found: NDArray[np.object_] = np.where(rng.random(count) < _WHOLE, popular, made)
    return found
