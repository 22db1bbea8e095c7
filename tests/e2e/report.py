"""One line a check."""


class Report:
    def __init__(self):
        self.counts = {"ok": 0, "FAILED": 0, "skipped": 0}
        self.client = ""

    def begin(self, client):
        self.client = client

    def equal(self, what, expected, found):
        self._say(expected == found, what, found if expected == found else f"expected {expected!r}, found {found!r}")

    def within(self, what, low, high, found):
        self._say(low <= found <= high, what, f"expected {low} to {high}, found {found}")

    def same(self, what, expected, found):
        """As `equal`, for what is too long to show while it holds."""
        self._say(expected == found, what, "yes" if expected == found else f"expected:\n{expected}\nfound:\n{found}")

    def none(self, what, found, circumstances):
        self._say(not found, what, f"none {circumstances}" if not found else f"expected none, found {len(found)}")

    def failed(self, what, why):
        self._line("FAILED", what, why)

    def skipped(self, what, why):
        self._line("skipped", what, why)

    def _say(self, holds, what, detail):
        self._line("ok" if holds else "FAILED", what, detail)

    def _line(self, word, what, detail):
        self.counts[word] += 1
        print(f"{word:8}{self.client}: {what}: {detail}", flush=True)
