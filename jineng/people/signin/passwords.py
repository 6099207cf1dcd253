"""How passwords are kept, and which are not taken."""

import re

from argon2.profiles import RFC_9106_LOW_MEMORY
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What people put in place of letters, and what they add before and after a word.
SUBSTITUTES = str.maketrans("@013457$!", "aoieastsi")
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with the second of the options that RFC 9106 (section 4) recommends."""

    time_cost = RFC_9106_LOW_MEMORY.time_cost
    memory_cost = RFC_9106_LOW_MEMORY.memory_cost
    parallelism = RFC_9106_LOW_MEMORY.parallelism


class LengthValidator(MinimumLengthValidator):
    """Django's, in the site's words."""

    def get_help_text(self) -> str:
        """For the form."""
        return _("至少 %(least)s 个字符。") % {"least": self.min_length}

    def get_error_message(self) -> str:
        """What is wrong."""
        return _("密码太短，至少 %(least)s 个字符。") % {"least": self.min_length}


class NotNumericValidator(NumericPasswordValidator):
    """Django's, in the site's words."""

    def get_help_text(self) -> str:
        """For the form."""
        return _("不能全是数字。")

    def get_error_message(self) -> str:
        """What is wrong."""
        return _("密码不能全是数字。")


class UnlikeUserValidator(UserAttributeSimilarityValidator):
    """Django's, in the site's words."""

    def get_help_text(self) -> str:
        """For the form."""
        return _("不能与用户名相近。")

    def get_error_message(self) -> str:
        """What is wrong."""
        return _("密码与用户名太相近。")


class LeakedPasswordValidator(CommonPasswordValidator):
    """Refuses what is on Django's list of leaked passwords, and such a word with trimmings.

    `Password2024!`, `p@ssw0rd` and `dragondragon` are guessed as soon as the words themselves.
    """

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError."""
        lowered = password.casefold().strip()
        if any(form in self.passwords for form in _plain_forms(lowered)):
            raise ValidationError(
                _("这个密码已在别处泄露过，或只比泄露过的密码多几个字符。请另想一个。"),
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        """For the form."""
        return _("不能是已经泄露过的常见密码，也不能只在其前后加数字或符号。")


def _plain_forms(password: str) -> set[str]:
    """The password, and the word in it without trimmings, substitutes and repetition."""
    forms = {password, password.translate(SUBSTITUTES)}
    forms |= {EDGES.sub("", form) for form in forms}
    forms |= {EDGES.sub("", form).translate(SUBSTITUTES) for form in forms}
    for form in tuple(forms):
        half = form[: len(form) // 2]
        if half and half * 2 == form:
            forms.add(half)
    return {form for form in forms if len(form) >= 4}
