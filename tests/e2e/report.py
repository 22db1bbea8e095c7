"""One line a check."""


class Report:
    def __init__(self, case):
        self.case = case

    def equal(self, what, expected, found):
        self._say(expected == found, what, found if expected == found else f"expected {expected!r}, found {found!r}")

    def within(self, what, low, high, found):
        self._say(low <= found <= high, what, f"expected {low} to {high}, found {found}")

    def same(self, what, expected, found):
        """As `equal`, for what is too long to show while it holds."""
        self._say(expected == found, what, "yes" if expected == found else f"expected:\n{expected}\nfound:\n{found}")

    def failed(self, what, why):
        self._line("FAILED", what, why)

    def skipped(self, why):
        print(f"skipped {self.case}: {why}", flush=True)

    def _say(self, holds, what, detail):
        self._line("ok" if holds else "FAILED", what, detail)

    def _line(self, word, what, detail):
        print(f"{word:8}{self.case}: {what}: {detail}", flush=True)
