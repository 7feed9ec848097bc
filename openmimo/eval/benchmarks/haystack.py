"""Text that means nothing in particular, for things to be hidden in: sentences, names and words from lists of our own.

Whatever is drawn comes from a `random.Random`, so the same state gives the same text. Knows no task; `ruler.py` hides things in it.
"""

import random

ADJECTIVES = """
amber ancient ashen autumn azure bitter blunt brass brief bright brisk broad bronze calm candid careful cheerful chilly civil cobalt
cold copper coral crimson crisp curly damp daring distant dusty eager early earnest easy ebony elder faint famous fertile fierce final
foggy formal frosty gentle gilded glossy golden grand grateful hasty hazel heavy hidden hollow honest humble idle indigo iron ivory
jolly keen kindly late lavish lean level lively lonely loyal lucky mellow merry mild misty modest mossy muddy narrow nimble noble
northern oaken odd olive opal patient pewter plain polished proud quaint quiet rapid ready remote restless rosy royal rugged rural rustic
""".split()  # noqa: SIM905
NOUNS = """
acorn almanac anchor anvil apron arch atlas badge barrel basket beacon bell bench blanket boulder bridge bucket button cabin candle canoe
canvas carpet castle cellar chapel chimney cloak compass cottage cradle crown curtain dagger ditch drum easel engine falcon feather ferry
fiddle flask fountain furnace garden gate glacier goblet granary hammer hammock harbour harvest helmet hinge hive island jacket kettle
kitchen ladder lantern ledger lever library lighthouse locket loom magnet mantle market meadow mill mirror mitten nutmeg orchard oven
paddle parcel pasture pebble pendulum pillow pocket pottery quarry quilt raft ribbon river saddle satchel scarf shelter shovel sickle
""".split()  # noqa: SIM905
SENTENCES = (
    "The {adjective} {noun} was kept beside the {other_adjective} {other_noun}.",
    "Nobody could say why the {noun} looked so {adjective} that morning.",
    "Behind the {noun} there was room for the {other_noun}, but not for both.",
    "They carried the {adjective} {noun} past the {other_noun} before it rained.",
    "People in the valley still speak of the {adjective} {noun} and of the {other_noun}.",
    "When the {noun} was finished, the {other_noun} seemed {other_adjective} beside it.",
    "The owner of the {noun} had once sold the {adjective} {other_noun} to a neighbour.",
    "In winter the {adjective} {noun} is closed, and the {other_noun} is open.",
    "Some prefer the {adjective} {noun}, others the {other_adjective} one.",
    "After the fair the {noun} stood empty, and so did the {other_adjective} {other_noun}.",
    "A painter made three pictures of the {adjective} {noun} and none of the {other_noun}.",
    "It takes a whole day to walk from the {noun} to the {adjective} {other_noun}.",
)


def sentences(rng: random.Random, count: int) -> list[str]:
    """Sentences that say nothing of importance."""
    made = []
    for _ in range(count):
        (adjective, other_adjective), (noun, other_noun) = rng.sample(ADJECTIVES, 2), rng.sample(NOUNS, 2)
        template = rng.choice(SENTENCES)
        made.append(template.format(adjective=adjective, noun=noun, other_adjective=other_adjective, other_noun=other_noun))
    return made


def names(rng: random.Random, count: int, nouns: int = 1) -> list[str]:
    """Different names, each an adjective with so many nouns: `brisk-harbour`. There are some ten thousand with one noun, and a million with two."""
    made = []
    for place in rng.sample(range(len(ADJECTIVES) * len(NOUNS) ** nouns), count):
        parts = []
        for _ in range(nouns):
            place, at = divmod(place, len(NOUNS))
            parts.append(NOUNS[at])
        made.append("-".join([ADJECTIVES[place], *parts]))
    return made


def words(rng: random.Random, count: int) -> list[str]:
    """Different words in no order: plain ones as far as there are any, else names."""
    plain = [*ADJECTIVES, *NOUNS]
    more = max(count - len(plain), 0)
    drawn = rng.sample(plain, count - more) + names(rng, more, 1 if more <= len(ADJECTIVES) * len(NOUNS) else 2)
    rng.shuffle(drawn)
    return drawn
