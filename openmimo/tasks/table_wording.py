"""How the questions of `tables.py` are put: `{t}` is the table, before or after the words. Knows nothing of answers."""

from openmimo.tasks.task import Phrasings

LOOKUP = Phrasings(
    "tables.lookup",
    (
        "{t}\nWhat is the {c} of {r}?",
        "What is the {c} of {r} in this table?\n{t}",
        "{t}\nGive the {c} of {r}.",
        "Look up the {c} of {r}.\n{t}",
        "Here is a table.\n{t}\nWhat is the {c} of {r}?",
        "{t}\nWhat does the table give as the {c} of {r}?",
        "Read the table and give the {c} of {r}.\n{t}",
        "{t}\nFind the {c} of {r}.",
        "According to this table, what is the {c} of {r}?\n{t}",
        "{t}\n{r}: what is the {c}?",
        "Which number is the {c} of {r}?\n{t}",
    ),
    (
        "{t}\nGo to the row of {r}. What do you read under {c}?",
        "I need the {c} for {r}. Which number is that?\n{t}",
        "{t}\nHow much is entered as {c} where {r} stands?",
    ),
)
SUM = Phrasings(
    "tables.sum",
    (
        "{t}\nWhat is the sum of the {c} column?",
        "What is the total of the column {c}?\n{t}",
        "{t}\nAdd up the {c} column.",
        "Find the sum of all numbers under {c}.\n{t}",
        "Here is a table.\n{t}\nWhat is the sum of the column {c}?",
        "{t}\nWhat do the numbers under {c} add up to?",
        "Add all the numbers in the column {c}.\n{t}",
        "{t}\nGive the total of the {c} column.",
        "Sum the {c} column of this table.\n{t}",
        "{t}\nWhat is the total under {c}?",
        "How large is the sum of the column {c}?\n{t}",
    ),
    (
        "{t}\nI draw a line under {c} and write the total there. Which number is it?",
        "Put together everything that stands under {c}. How much is it?\n{t}",
        "{t}\nTaking all rows together, what does {c} come to?",
    ),
)
MOST = Phrasings(
    "tables.most",
    (
        "{t}\nWhich {k} has the {w} {c}?",
        "Which {k} has the {w} {c} in this table?\n{t}",
        "{t}\nName the {k} with the {w} {c}.",
        "Find the {k} with the {w} {c}.\n{t}",
        "Here is a table.\n{t}\nWhich {k} has the {w} {c}?",
        "{t}\nFor which {k} is the {c} the {w}?",
        "Give the {k} whose {c} is the {w}.\n{t}",
        "{t}\nThe {w} {c} belongs to which {k}?",
        "According to this table, which {k} has the {w} {c}?\n{t}",
        "{t}\nWhich row has the {w} {c}? Give the {k}.",
        "Look for the {w} {c}. Which {k} is it?\n{t}",
    ),
    (
        "{t}\nRun a finger down {c} and stop at the {w} number. Which {k} is on the left?",
        "Lay the rows out by {c}. Which {k} is at the end with the {w} number?\n{t}",
        "{t}\nI want the {k} that beats all others at having the {w} {c}. Which one?",
    ),
)
DIFFERENCE = Phrasings(
    "tables.difference",
    (
        "{t}\nHow much more is the {c} of {r} than that of {s}?",
        "What is the difference between the {c} of {r} and the {c} of {s}?\n{t}",
        "{t}\nBy how much is the {c} of {r} larger than the {c} of {s}?",
        "Find the difference in {c} between {r} and {s}.\n{t}",
        "Here is a table.\n{t}\nHow much larger is the {c} of {r} than the {c} of {s}?",
        "{t}\nSubtract the {c} of {s} from the {c} of {r}.",
        "How much does the {c} of {r} exceed that of {s}?\n{t}",
        "{t}\nWhat is the {c} of {r} minus the {c} of {s}?",
        "According to this table, how much larger is the {c} of {r} than that of {s}?\n{t}",
        "{t}\nCompare {r} and {s}: how large is the difference in {c}?",
        "In {c}, how far apart are {r} and {s}?\n{t}",
    ),
    (
        "{t}\nHow much would have to be added to the {c} of {s} to reach that of {r}?",
        "In {c}, {r} is ahead of {s} by how much?\n{t}",
        "{t}\nWhat gap is there in {c} from {s} up to {r}?",
    ),
)
COUNT = Phrasings(
    "tables.count",
    (
        "{t}\nIn how many rows is the {c} {w}?",
        "How many rows have a {c} of {w}?\n{t}",
        "{t}\nCount the rows in which the {c} is {w}.",
        "Find how many rows have a {c} of {w}.\n{t}",
        "Here is a table.\n{t}\nHow many rows have a {c} of {w}?",
        "{t}\nHow often is the {c} {w}?",
        "How many numbers under {c} are {w}?\n{t}",
        "{t}\nHow many entries of the column {c} are {w}?",
        "According to this table, in how many rows is the {c} {w}?\n{t}",
        "{t}\nGive the number of rows with a {c} of {w}.",
        "For how many rows is the {c} {w}?\n{t}",
    ),
    (
        "{t}\nI tick each row where {c} is {w}. How many ticks are there?",
        "Keep only the rows whose {c} is {w}. How many are kept?\n{t}",
        "{t}\nHow many lines of this have {w} under {c}?",
    ),
)
SOME = Phrasings(
    "tables.some",
    (
        "{t}\nWhat is the sum of the {a} over the rows in which the {c} is {w}?",
        "Add up the {a} of all rows with a {c} of {w}.\n{t}",
        "{t}\nTake the rows whose {c} is {w}. What is the sum of their {a}?",
        "Find the total {a} of the rows in which the {c} is {w}.\n{t}",
        "Here is a table.\n{t}\nWhat is the total {a} of the rows with a {c} of {w}?",
        "{t}\nSum the column {a}, but only where the {c} is {w}.",
        "What is the sum of the {a} where the {c} is {w}?\n{t}",
        "{t}\nGive the sum of {a} for those rows that have a {c} of {w}.",
        "According to this table, what is the total {a} of the rows whose {c} is {w}?\n{t}",
        "{t}\nOnly the rows with a {c} of {w} count. What is the sum of the {a} then?",
        "Filter the rows by a {c} of {w} and add up the {a}.\n{t}",
    ),
    (
        "{t}\nCross out every row unless its {c} is {w}. What is left under {a}, all together?",
        "If {c} is {w}, the row stays. What does {a} come to in the rows that stay?\n{t}",
        "{t}\nHow much {a} is there in all, leaving aside rows where {c} is not {w}?",
    ),
)
ORDER = Phrasings(
    "tables.order",
    (
        "{t}\nWhat do {m} pieces of {r} and {n} pieces of {s} cost together?",
        "How much do {m} packs of {r} and {n} packs of {s} cost?\n{t}",
        "{t}\nSomeone buys {m} packs of {r} and {n} packs of {s}. How much is that?",
        "Find the total price of {m} packs of {r} and {n} packs of {s}.\n{t}",
        "Here is a price list.\n{t}\nWhat is the price of {m} packs of {r} and {n} packs of {s}?",
        "{t}\nAn order is {m} packs of {r} and {n} packs of {s}. What does it cost?",
        "What is the bill for {m} packs of {r} and {n} packs of {s}?\n{t}",
        "{t}\nGive the total cost of {m} packs of {r} and {n} packs of {s}.",
        "At the prices of this table, what do {m} packs of {r} and {n} packs of {s} cost?\n{t}",
        "{t}\nI take {r} {m} times and {s} {n} times. How much do I pay?",
        "Work out the cost of {m} packs of {r} with {n} packs of {s}.\n{t}",
    ),
    (
        "{t}\nMy basket holds {m} packs of {r} and {n} of {s}. What will the till show?",
        "How much money must I bring for {r}, {m} packs, and {s}, {n} packs?\n{t}",
        "{t}\nThe shopping list says: {r} x {m}, {s} x {n}. What is the sum to pay?",
    ),
)
TOTAL = Phrasings(
    "tables.total",
    (
        "{t}\nWhat is the total cost, if the price is for one piece?",
        "The price is for one piece. What does everything cost together?\n{t}",
        "{t}\nMultiply price and amount in each row and add up. What is the total?",
        "Find the total cost of this order; the price is for one piece.\n{t}",
        "Here is an order, with prices for one piece.\n{t}\nWhat does it cost in all?",
        "{t}\nPrices are for one piece. How much is the whole bill?",
        "What is the sum of price times amount over all rows?\n{t}",
        "{t}\nGive the total price of all the items, each taken in its amount.",
        "How much must be paid for this order, with prices for one piece?\n{t}",
        "{t}\nEach price is for a single piece. What is the total price of the order?",
        "Add up price times amount for every row.\n{t}",
    ),
    (
        "{t}\nThis is my shopping, priced a piece. What will I have spent at the end?",
        "Someone buys every item as many times as its amount says. What do they pay?\n{t}",
        "{t}\nWhat should the last line of this invoice say, when prices count a single piece?",
    ),
)
