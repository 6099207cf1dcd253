"""Numbers that look real, pass every check, and are nobody's.

Identity numbers have the sequence 000, which GB 11643 leaves to nobody, so there is one for each
place and birth date. In credit codes the ninth character of the organisation's own code (GB 11714)
is not the one that belongs there: no register can have issued them. Of phones and accounts less is
sure: we know of no operator that was given these ranges and of no bank with this issuer's number,
which neither the plan of numbers nor any public list rules out for the time to come.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from stdnum.cn import uscc

Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: Ranges of which we know no operator that hands them out (as of 2020, the demo's year).
UNISSUED = (154, 160, 161, 163, 164, 169)
ISSUER = 629_999


def identity_numbers(places: Ints, born: Days) -> pa.Array:
    """The number of each place (6 digits) and birth date."""
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]")).astype(np.int64) + 1
    number = ((places * 10_000 + year) * 100 + month) * 100 + day
    number = number * 1000
    total = np.zeros(len(number), dtype=np.int64)
    for place, weight in enumerate(reversed(_WEIGHTS)):
        total += number // 10**place % 10 * weight
    check = pa.array(list("10X98765432")).take(pa.array(total % 11))
    return pc.binary_join_element_wise(pa.array(number).cast(pa.string()), check, "")


def phones(rng: np.random.Generator, count: int) -> pa.Array:
    """Mobile numbers of 11 digits, each once."""
    ranges = np.array(UNISSUED, dtype=np.int64)[rng.integers(0, len(UNISSUED), count)]
    # Multiplied by what is coprime to the range: all different, and in no order to be seen.
    tail = (np.arange(count, dtype=np.int64) * 61_803_397 + int(rng.integers(10**8))) % 10**8
    return pa.array(ranges * 10**8 + tail).cast(pa.string())


def accounts(rng: np.random.Generator, count: int) -> pa.Array:
    """Card numbers of 19 digits with their check digit (ISO/IEC 7812), each once."""
    tail = (np.arange(count, dtype=np.int64) * 618_033_988_747 + int(rng.integers(10**12))) % 10**12
    number = ISSUER * 10**12 + tail
    total = np.zeros(count, dtype=np.int64)
    for place in range(18):
        digit = number // 10**place % 10
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled // 10 + doubled % 10
    check = pa.array(-total % 10).cast(pa.string())
    return pc.binary_join_element_wise(pa.array(number).cast(pa.string()), check, "")


def credit_codes(kinds: Sequence[str], regions: Sequence[str], first: int = 0) -> list[str]:
    """Unified social credit codes (GB 32100); ``kinds``: the first two characters, such as 91.

    ``first``: where the count begins, up to 999,999; no two of different counts are the same.
    """
    return [
        _credit_code(kind, region, place)
        for place, (kind, region) in enumerate(zip(kinds, regions, strict=True), first)
    ]


def _credit_code(kind: str, region: str, place: int) -> str:
    body = f"MA{place:06d}"
    own = _LETTERS[(_LETTERS.index(_own_check(body)) + 1) % len(_LETTERS)]
    first = f"{kind}{region}{body}{own}"
    return first + str(uscc.calc_check_digit(first))


_LETTERS = "0123456789X"
_OWN_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def _own_check(body: str) -> str:
    """The check character of an organisation's own code (GB 11714)."""
    total = sum(
        weight * (int(one) if one.isdigit() else ord(one) - 55)
        for weight, one in zip(_OWN_WEIGHTS, body, strict=True)
    )
    return "0123456789X0"[(11 - total % 11) % 12]
