"""Server-sent events, however the network cuts them."""

import itertools
import random

from fake import Fake
from playwright.sync_api import Page

READ = """async (parts) => {
    const { readEvents } = await import('/page/sse.js');
    const stream = new ReadableStream({ start(controller) {
        for (const part of parts) controller.enqueue(new Uint8Array(part));
        controller.close();
    } });
    const found = [];
    for await (const data of readEvents(stream)) found.push(data);
    return found;
}"""
SENT = (
    ': a comment\n\ndata: {"a": "größe 🙂"}\n\nevent: x\ndata:two\ndata: lines\n\r\nid: 3\r\ndata: 3\r\n\r\n\n\ndata: [DONE]\n\ndata: last'
)
READ_OUT = ['{"a": "größe 🙂"}', "two\nlines", "3", "[DONE]", "last"]


def test_events_are_the_same_however_they_are_cut(page: Page, fake: Fake) -> None:
    page.goto(fake.url)
    sent = SENT.encode()
    draws = random.Random(0)
    for _ in range(40):
        cuts = [0, *sorted(draws.randrange(len(sent)) for _ in range(draws.randrange(20))), len(sent)]
        parts = [list(sent[begin:end]) for begin, end in itertools.pairwise(cuts)]
        assert page.evaluate(READ, parts) == READ_OUT
    assert page.evaluate(READ, [[byte] for byte in sent]) == READ_OUT
