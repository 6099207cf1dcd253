"""A province that is made up: "Hubei, 15 September 2020", with a cast to look at it through."""

from datetime import date

#: The business date of the demo.
DAY = date(2020, 9, 15)
#: How many persons it has; and how many for load work.
PERSONS = 20_000
PROVINCE = 2_000_000
#: Another seed, another province; the same one, the same province to the last digit.
SEED = 20_200_915
