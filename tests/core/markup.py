"""A page taken apart, for the tests of all pages: its elements, and a text that would be markup if nobody escaped it."""

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br", "hr", "input", "line", "path", "circle"}
EVIL = "<img src=x onerror=alert(1)></pre></script><script>alert(2)</script>{{ 7*7 }}\"'&amp;"


class Page(HTMLParser):
    """The elements of a page with their attributes and text; an unbalanced tag fails."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        texts: list[str] = []
        self.elements.append((tag, {name: value or "" for name, value in attrs}, texts))
        if tag not in VOID:
            self.open.append((tag, texts))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, texts in self.open:
            texts.append(data)

    def texts(self, tag: str, **attributes: str) -> list[str]:
        """The text of every element of a kind that has these attributes."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return ["".join(texts) for name, has, texts in self.elements if name == tag and wanted.items() <= has.items()]

    def values(self, tag: str, attribute: str) -> list[str]:
        """The values of an attribute."""
        return [has[attribute] for name, has, _ in self.elements if name == tag and attribute in has]
