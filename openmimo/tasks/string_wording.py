"""How the questions of `strings.py` are put, and the words they are about. Knows nothing of answers."""

from openmimo.tasks.task import Phrasings

WORDS = """
    air ant arm art bag bed bee bell bird boat bone book bottle bread bridge brush butter button cake camera candle carpet castle
    chair cheese cherry church circle cloud coat coffee copper cotton cup curtain desk dinner doctor door drawer dress drum eagle ear
    egg elephant engine evening eye family farmer feather fence field finger fire fish floor flower forest fork friend fruit garden
    garlic glass glove grape grass green guitar hammer hand harbour hat head holiday honey horse hospital house island jacket journey
    juice kettle key kitchen kite knee ladder lake lamp leaf leather lemon letter lettuce library lion market meadow melon milk mirror
    money monkey moon morning mountain mouse museum music napkin needle nest newspaper night nose nut ocean onion orange oven owl page
    paint paper parrot passenger pea pen pencil pepper piano pillow plant plate pocket potato quarter question queen rabbit rain
    ribbon river road rocket roof rope rose sailor salad salt sand scissors sea seed shelf ship shirt shoe silver sister sky snow soap
    sofa soup spoon spring square stairs star station stone storm street sugar summer sun table tea teacher telephone ticket tiger
    tomato tower town train tree tunnel umbrella uncle valley vegetable village violin wall water weather wheel window winter wood
    yellow zebra
""".split()  # noqa: SIM905 - a literal would be a line for each

REVERSE = Phrasings(
    "strings.reverse",
    (
        "Reverse {w}.",
        "Write {w} backwards.",
        "What is {w} backwards?",
        "Reverse the word {w}.",
        "Spell {w} backwards.",
        "What do you get when you reverse {w}?",
        "Reverse the letters of {w}.",
        "Give {w} in reverse.",
        "What is the reverse of {w}?",
        "Turn {w} around so that the last letter comes first.",
        "How is {w} spelled backwards?",
        "Write the letters of {w} in reverse order.",
    ),
    (
        "Read {w} from right to left. What do you get?",
        "How does {w} look in a mirror, letter by letter?",
        "Start {w} at its end: which word results?",
    ),
)
COUNT = Phrasings(
    "strings.count",
    (
        "How many times does {x} occur in {w}?",
        "How many {x} are in {w}?",
        "Count the letter {x} in {w}.",
        "How often is {x} in {w}?",
        "How many times is the letter {x} in {w}?",
        "What is the number of {x} in {w}?",
        "Count how often {x} occurs in {w}.",
        "In {w}, how many letters are {x}?",
        "How often does the letter {x} appear in {w}?",
        "How many of the letters of {w} are {x}?",
        "Find the number of times {x} appears in {w}.",
        "Number of {x} in {w}?",
    ),
    (
        "I underline every {x} in {w}. How many lines do I draw?",
        "If {w} is spelled aloud, how often do you hear {x}?",
        "{w} has the letter {x} so many times. How many?",
    ),
)
VOWELS = Phrasings(
    "strings.vowels",
    (
        "How many vowels (a, e, i, o, u) are in {w}?",
        "Count the vowels (a, e, i, o, u) in {w}.",
        "How many letters of {w} are vowels (a, e, i, o, u)?",
        "What is the number of vowels (a, e, i, o, u) in {w}?",
        "How many vowels does {w} have, counting a, e, i, o and u?",
        "Find the number of vowels (a, e, i, o, u) in {w}.",
        "In {w}, how many letters are a, e, i, o or u?",
        "The vowels are a, e, i, o, u. How many are in {w}?",
        "How often does a vowel (a, e, i, o, u) occur in {w}?",
        "Number of vowels (a, e, i, o, u) in {w}?",
        "Count how many letters of {w} are a, e, i, o or u.",
    ),
    (
        "I colour each a, e, i, o and u of {w} red. How many letters turn red?",
        "Without its consonants {w} would have how many letters, if a, e, i, o, u stay?",
        "Of the letters that make up {w}, how many belong to a, e, i, o, u?",
    ),
)
LENGTH = Phrasings(
    "strings.length",
    (
        "How many letters does {w} have?",
        "How many letters are in {w}?",
        "Count the letters of {w}.",
        "What is the length of {w}?",
        "How long is the word {w}, in letters?",
        "What is the number of letters in {w}?",
        "Find the length of {w}.",
        "{w} has how many letters?",
        "Count how many letters {w} has.",
        "Number of letters in {w}?",
        "How many letters make up {w}?",
    ),
    (
        "One stamp prints one letter. How many times must I stamp to print {w}?",
        "How many boxes of a crossword does {w} fill?",
        "If {w} is spelled aloud, how many letters do you hear?",
    ),
)
LONGEST = Phrasings(
    "strings.longest",
    (
        "Which of these words is the longest: {w}?",
        "Which word is longest: {w}?",
        "Find the longest word: {w}",
        "What is the longest of {w}?",
        "Which of {w} has the most letters?",
        "Name the longest word of {w}.",
        "Which is the longest word in this list: {w}?",
        "Give the longest of these words: {w}",
        "Of {w}, which has the most letters?",
        "Among {w}, which one is the longest?",
        "Pick the word with the most letters: {w}",
    ),
    (
        "I spell {w} aloud. Which takes me the most letters?",
        "Compare {w} by length. Which wins?",
        "Each letter costs one coin. Which of {w} costs the most?",
    ),
)
REPLACE = Phrasings(
    "strings.replace",
    (
        "Replace every {x} in {w} with {y}.",
        "Replace {x} by {y} in {w}.",
        "In {w}, change every {x} to {y}.",
        "What does {w} become when each {x} is replaced with {y}?",
        "Change all {x} in {w} to {y}. What is the result?",
        "Write {w} with {y} in place of {x}.",
        "What is {w} with every {x} replaced by {y}?",
        "Put {y} for each {x} in {w}.",
        "Swap every {x} for {y} in {w}.",
        "Substitute {y} for {x} in {w}.",
        "Each {x} in {w} turns into {y}. What do you get?",
    ),
    (
        "My keyboard types {y} when I press {x}. What appears if I type {w}?",
        "Someone always writes {y} where {x} should be. How do they write {w}?",
        "Paint over any {x} of {w} and put {y} there. Which letters do you read?",
    ),
)
PALINDROME = Phrasings(
    "strings.palindrome",
    (
        "Is {w} a palindrome? Answer yes or no.",
        "Yes or no: is {w} a palindrome?",
        "Is {w} the same forwards and backwards? Answer yes or no.",
        "Tell me whether {w} is a palindrome, yes or no.",
        "Does {w} read the same in both directions? Answer yes or no.",
        "Check if {w} is a palindrome. Answer yes or no.",
        "Is {w} equal to its reverse? Say yes or no.",
        "Decide whether {w} is a palindrome (yes or no).",
        "Palindrome or not: {w}? Answer yes or no.",
        "Does {w} stay the same when it is reversed? Answer yes or no.",
        "Would you call {w} a palindrome? Answer yes or no.",
    ),
    (
        "I read {w} from the back. Do I see the same as from the front, yes or no?",
        "Yes or no: do the two halves of {w} mirror each other?",
        "Can {w} be turned around without changing, yes or no?",
    ),
)
SORT = Phrasings(
    "strings.sort",
    (
        "Sort the letters of {w}.",
        "Put the letters of {w} in alphabetical order.",
        "Write the letters of {w} in alphabetical order, as one word.",
        "Arrange the letters of {w} from a to z.",
        "Sort the letters of {w} alphabetically.",
        "What do you get when you sort the letters of {w}?",
        "Order the letters of {w} from a to z.",
        "Give {w} with its letters sorted.",
        "What is {w} with its letters in alphabetical order?",
        "Alphabetise the letters of {w}.",
        "In alphabetical order, the letters of {w} are what?",
    ),
    (
        "Lay out the tiles of {w} the way a dictionary goes. What do they spell?",
        "Which row results if early letters of {w} move to the front and late ones to the back?",
        "Tidy up {w}: its a first, then b, and so on. What is it then?",
    ),
)
RUNS = Phrasings(
    "strings.runs",
    (
        "Run-length encode {w}; aab would be a2b1.",
        "Write {w} in run-length encoding, as in aab = a2b1.",
        "What is the run-length encoding of {w}, if that of aab is a2b1?",
        "Give the run-length code of {w} (aab gives a2b1).",
        "Compress {w} by run lengths: aab becomes a2b1.",
        "Encode {w} with each letter and how often it repeats, like a2b1 for aab.",
        "Apply run-length encoding to {w}. Example: aab is a2b1.",
        "Find the run-length encoding of {w}, where aab turns into a2b1.",
        "Run-length encoding turns aab into a2b1. What does it make of {w}?",
        "With aab written as a2b1, how is {w} written?",
        "Shorten {w} to letters and counts, as aab to a2b1.",
    ),
    (
        "My friend says a2b1 instead of aab. What does she say for {w}?",
        "After each run of equal letters note its length, so that aab is noted a2b1. How is {w} noted?",
        "The machine prints a2b1 for aab. Feed it {w}: what is printed?",
    ),
)
SHIFT = Phrasings(
    "strings.shift",
    (
        "Shift each letter of {w} {n} in the alphabet.",
        "Move every letter of {w} {n} in the alphabet, with a after z.",
        "Apply a Caesar shift of {n} to {w}.",
        "What does {w} become if each letter moves {n} in the alphabet?",
        "Encode {w} with a Caesar cipher that shifts letters {n}.",
        "Shift the letters of {w} by {n}; after z comes a.",
        "Caesar cipher: shift {w} {n}.",
        "Each letter of {w} goes {n} in the alphabet. What is the result?",
        "Give {w} with every letter shifted {n}.",
        "What is {w} after a Caesar shift of {n}?",
        "Use a Caesar cipher to move {w} {n}.",
    ),
    (
        "Two friends write secret notes by moving letters {n} in the alphabet. How do they write {w}?",
        "Turn the cipher wheel {n} and read off {w}. What is there?",
        "The alphabet is a ring from z on to a. Go {n} from every letter of {w}: what do you spell?",
    ),
)
