"""How the puzzles of `logic.py` are put, and what they are about. Knows nothing of answers."""

from openmimo.tasks.task import Phrasings

LIARS = Phrasings(
    "logic.liars",
    (
        "{p} each always tell the truth or always lie. {c} Who lies? Name all, or say nobody.",
        "Each of {p} either always lies or always tells the truth. {c} Who are the liars? Say nobody if there is none.",
        "Of {p}, each is a liar or a truth-teller. {c} Name every liar, or say nobody.",
        "{p} are truth-tellers or liars. {c} Which of them lie? If none does, answer nobody.",
        "On an island everybody always lies or never does. {p} meet you. {c} Who lies? Answer with the names or nobody.",
        "A puzzle of liars and truth-tellers: {c} Who of {p} lies? Name all or say nobody.",
        "{c} Each of {p} always lies or always tells the truth. Who lies? Give all names, or nobody.",
        "Find the liars among {p}, who each always lie or always tell the truth. {c} Answer nobody if there is none.",
        "Here are {p}. Each lies always or never. {c} List the liars, or say nobody.",
        "Liars always lie, others never do. {c} Which of {p} are liars? Name all or say nobody.",
        "{p} talk. Truth-tellers only say what is true, liars only what is false. {c} Who is a liar? Name all or say nobody.",
    ),
    (
        "Whatever a knight says is true, whatever a knave says is false. {p} are knights or knaves. {c} Give the names of the knaves, or nobody.",
        "{p} are robots; some are broken and say only false things. {c} Which are broken? Answer nobody if all are fine.",
        "I cannot trust all of {p}: each is wrong in everything or right in everything. {c} Who must I not believe? Nobody is an answer, too.",
    ),
)
# before, after, not at a place, and the question
ORDERS = (
    ("{x} finished before {y}.", "{y} finished after {x}.", "{x} did not finish {k}.", "Who finished {k}?"),
    ("{x} stands in front of {y}.", "{y} stands behind {x}.", "{x} is not {k} in the queue.", "Who is {k} in the queue?"),
    ("{x} arrived before {y}.", "{y} arrived after {x}.", "{x} did not arrive {k}.", "Who arrived {k}?"),
    ("{x} spoke before {y}.", "{y} spoke after {x}.", "{x} was not the {k} to speak.", "Who was the {k} to speak?"),
    ("{x} comes before {y} on the list.", "{y} comes after {x} on the list.", "{x} is not {k} on the list.", "Who is {k} on the list?"),
    ("{x} sang earlier than {y}.", "{y} sang later than {x}.", "{x} was not the {k} to sing.", "Who was the {k} to sing?"),
)
ORDER = Phrasings(
    "logic.order",
    (
        "This is about {p}. {c} {q}",
        "There are {p}. {c} {q}",
        "{p} are in some order, no two at the same place. {c} {q}",
        "Clues about {p}: {c} {q}",
        "We know this of {p}. {c} {q}",
        "{c} There is nobody but {p}. {q}",
        "Find the order of {p}. {c} {q}",
        "{q} It is one of {p}. {c}",
        "Take {p}. {c} {q}",
        "Given {p}: {c} {q}",
        "Use the clues on {p}. {c} {q}",
    ),
    (
        "A detective asks {p} and notes: {c} {q}",
        "{p} are the only ones. I was told: {c} I wonder: {q}",
        "Nobody remembers the whole order of {p}, only this: {c} So tell me: {q}",
    ),
)
STATES = (
    ("the road", "wet"),
    ("the bus", "late"),
    ("the shop", "open"),
    ("the lamp", "on"),
    ("the door", "locked"),
    ("the soup", "hot"),
    ("the garden", "quiet"),
    ("the train", "full"),
    ("the window", "shut"),
    ("the cat", "asleep"),
    ("the kettle", "empty"),
    ("the street", "dark"),
    ("the school", "closed"),
    ("the pool", "cold"),
    ("the room", "warm"),
    ("the sky", "cloudy"),
    ("the bridge", "up"),
    ("the market", "busy"),
    ("the radio", "loud"),
    ("the floor", "dry"),
    ("the boat", "ready"),
    ("the cake", "done"),
    ("the phone", "off"),
    ("the field", "muddy"),
)
RULES = Phrasings(
    "logic.rules",
    (
        "{c} {q} Answer yes, no or unknown.",
        "Suppose this is true. {c} {q} Answer yes, no or unknown.",
        "{q} Answer yes, no or unknown. This is known: {c}",
        "Facts and rules: {c} {q} Say yes, no or unknown.",
        "Take only this as given: {c} {q} Answer yes, no or unknown.",
        "{c} What follows from this? {q} Yes, no or unknown?",
        "Here is what we know. {c} {q} Answer with yes, no or unknown.",
        "{c} Yes, no or unknown: {q}",
        "From these sentences alone: {q} (yes, no or unknown) {c}",
        "Reason with these rules. {c} {q} Reply yes, no or unknown.",
        "Read this and answer yes, no or unknown. {c} {q}",
    ),
    (
        "Somebody tells me, and never lies: {c} I wonder: {q} If it cannot be told, say unknown, else yes or no.",
        "{c} With nothing else to go by: {q} Choose among yes, no and unknown.",
        "In a village these things hold: {c} A visitor asks: {q} Should the reply be yes, no or unknown?",
    ),
)
BOOLEAN = Phrasings(
    "logic.boolean",
    (
        "Is this true or false: {e}?",
        "What is the value of {e}? Answer true or false.",
        "True or false: {e}",
        "Evaluate {e} as true or false.",
        "Work out whether {e} is true or false.",
        "What does the boolean expression {e} evaluate to, true or false?",
        "Find the truth value of {e}.",
        "Give the truth value of {e}.",
        "Is the statement {e} true or false?",
        "Determine the truth value: {e}",
        "Say if {e} is true or false.",
    ),
    (
        "A lamp burns exactly if {e}. True or false: does it burn?",
        "Which of true and false does {e} come down to?",
        "Boil {e} down to a single word, true or false.",
    ),
)
