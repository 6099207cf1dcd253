"""What commands refuse."""


class Refused(Exception):
    """Why a command was not carried out, in the words of whoever asked for it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
