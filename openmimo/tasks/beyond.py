"""Questions of kinds that are in no family, with the honest answer, who the model is, and plain talk.

A model that has only seen problems it can solve makes up an answer to anything. These
show it what lies outside. The held-out phrasings are in no training question, so that
it can be measured whether the honesty carries over.
"""

import random

from openmimo.tasks.answers import same_words
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress

NOT_TRAINED = "I was not trained for this."
STEPS = "This is not a kind of question I have learnt."
WHO = (
    "I am nano, a small reasoning model. I do arithmetic, equations, number theory, geometry, statistics, probability, word problems, sequences, "
    "calendar questions, tables, logic puzzles, short programs and small Python functions."
)

PLACES = (
    "France",
    "Japan",
    "Brazil",
    "Egypt",
    "Canada",
    "Norway",
    "Kenya",
    "India",
    "Peru",
    "Poland",
    "Spain",
    "Chile",
    "China",
    "Italy",
    "Cuba",
    "Greece",
    "Turkey",
    "Vietnam",
    "Mexico",
    "Nigeria",
    "Sweden",
    "Iran",
    "Ireland",
    "Nepal",
    "Fiji",
)
PEOPLE = (
    "Napoleon",
    "Einstein",
    "Cleopatra",
    "Mozart",
    "Shakespeare",
    "Gandhi",
    "Picasso",
    "Darwin",
    "Newton",
    "Beethoven",
    "Galileo",
    "Lincoln",
    "Caesar",
    "Plato",
    "Tesla",
    "Bach",
    "Homer",
    "Columbus",
    "Marie Curie",
    "the king",
    "the president",
    "the author",
)
TOPICS = (
    "love",
    "the sea",
    "winter",
    "a dragon",
    "friendship",
    "the moon",
    "my grandmother",
    "a lost dog",
    "robots",
    "the forest",
    "autumn",
    "a journey",
    "peace",
    "my town",
    "a brave mouse",
    "rain",
    "the stars",
    "freedom",
    "an old house",
    "music",
)
FOODS = (
    "pancakes",
    "bread",
    "soup",
    "pizza",
    "curry",
    "a cake",
    "rice",
    "pasta",
    "salad",
    "an omelette",
    "dumplings",
    "coffee",
    "noodles",
    "cheese",
    "jam",
)
ANIMALS = (
    "whales",
    "bees",
    "owls",
    "cats",
    "horses",
    "snakes",
    "penguins",
    "wolves",
    "ants",
    "bats",
    "spiders",
    "dolphins",
    "elephants",
    "frogs",
)
LANGUAGES = ("German", "French", "Spanish", "Chinese", "Latin", "Arabic", "Russian", "Swahili", "Dutch", "Hindi")
THINGS = (
    "the internet",
    "gravity",
    "a volcano",
    "electricity",
    "a black hole",
    "the immune system",
    "photosynthesis",
    "inflation",
    "democracy",
    "DNA",
    "an engine",
    "a vaccine",
    "an atom",
    "climate change",
    "the stock market",
    "a poem",
    "philosophy",
    "a computer virus",
    "the heart",
    "an earthquake",
    "blockchain",
    "a camera",
)
FEELINGS = ("sad", "tired", "happy", "lonely", "sick", "nervous", "angry", "bored", "worried", "hungry")
CODE = (
    "read a file",
    "open a web page",
    "parse JSON",
    "send an email",
    "draw a chess board",
    "connect to a database",
    "build a website",
    "scrape a page",
    "train a neural network",
    "write a game",
)
HARD = (
    "the integral of {f}",
    "the derivative of {f}",
    "the limit of {f} as x goes to 0",
    "the eigenvalues of a matrix",
    "the Fourier transform of {f}",
    "the roots of x^5 - x - 1",
    "the inverse of a 3x3 matrix",
    "the volume of a torus",
    "the sine of 20 degrees",
    "the logarithm of 7",
)
FUNCTIONS = ("x^2", "sin(x)", "e^x", "1/x", "ln(x)", "x^3 + 2x", "cos(x)", "sqrt(x)")

# Words of the held-out questions; none of them stands in a list above.
HELD_OUT = {
    "place": ("Iceland", "Morocco", "Bolivia", "Thailand", "Austria", "Ghana", "Jordan", "Finland"),
    "person": ("Aristotle", "Chopin", "Rembrandt", "Kepler", "Joan of Arc", "Tolstoy", "Euler", "Florence Nightingale"),
    "topic": ("a lighthouse", "courage", "a snowman", "jealousy", "the desert", "an empty station", "spring", "my first bicycle"),
    "food": ("risotto", "lentils", "tofu", "a pie", "porridge", "goulash", "mushrooms"),
    "animal": ("foxes", "turtles", "camels", "sharks", "parrots", "beavers", "giraffes"),
    "language": ("Japanese", "Greek", "Polish", "Welsh", "Korean"),
    "thing": ("magnetism", "a rainbow", "evolution", "a nuclear reactor", "erosion", "a telescope", "capitalism", "the tide"),
    "feeling": ("jealous", "ashamed", "homesick", "confused", "proud"),
}

OPEN = Phrasings(
    "beyond.open",
    (
        "What is the capital of {place}?",
        "How many people live in {place}?",
        "Who rules {place}?",
        "What language do they speak in {place}?",
        "Where is {place}?",
        "Is {place} a rich country?",
        "What should I see in {place}?",
        "Tell me about {place}.",
        "Tell me the history of {place}.",
        "When was {person} born?",
        "Who was {person}?",
        "What did {person} invent?",
        "Why is {person} famous?",
        "Where did {person} live?",
        "Write a poem about {topic}.",
        "Write a story about {topic}.",
        "Tell me a joke about {topic}.",
        "Sing a song about {topic}.",
        "What do you think about {topic}?",
        "Write a letter about {topic}.",
        "How do I cook {food}?",
        "Give me a recipe for {food}.",
        "Is {food} healthy?",
        "What goes well with {food}?",
        "Do you like {food}?",
        "Where do {animal} live?",
        "What do {animal} eat?",
        "How do {animal} sleep?",
        "Are {animal} dangerous?",
        "Translate good morning into {language}.",
        "How do you say thank you in {language}?",
        "Say hello in {language}.",
        "Teach me {language}.",
        "Explain {thing}.",
        "How does {thing} work?",
        "What is {thing}?",
        "Who discovered {thing}?",
        "Why is {thing} important?",
        "I feel {feeling}. What should I do?",
        "I am so {feeling} today.",
        "Why am I {feeling}?",
        "Write a program to {code}.",
        "How do I {code} in Python?",
        "Write a function to {code}.",
        "Fix my code: it should {code}.",
        "What is {hard}?",
        "Find {hard}.",
        "Compute {hard}.",
        "Prove that {hard} exists.",
        "What is the weather like in {place}?",
        "Will it rain tomorrow?",
        "What is the news today?",
        "Who won the last world cup?",
        "Recommend a good book about {topic}.",
        "Which film should I watch?",
        "What is the meaning of life?",
        "Are you conscious?",
        "What time is it now?",
        "What is the best phone to buy?",
        "Should I see a doctor if I am {feeling}?",
        "Summarise this text for me.",
        "What is the colour of the sky?",
        "Draw a picture of {animal}.",
        "Turn on the light.",
        "Play some music.",
        "Call my mother.",
        "Do you love me?",
        "Where can I buy {food}?",
        "Who are the best players in {place}?",
        "Compare {place} and {other}.",
        "Which is bigger, {place} or {other}?",
        "Did {person} ever visit {place}?",
        "What would {person} say about {topic}?",
        "How old is {person}?",
        "Is it safe to travel to {place}?",
    ),
    (
        "Which river flows through {place}?",
        "Give me three facts about {animal}.",
        "Compose a haiku on {topic}.",
        "What year did {person} die?",
        "Could you spell out why {thing} happens?",
        "My friend is {feeling}; any advice?",
        "Do {animal} dream?",
        "Which wine should I drink with {food}?",
        "Who painted the ceiling of that church in {place}?",
        "Describe {topic} to a child.",
        "Is {language} hard to learn?",
        "What currency is used in {place}?",
    ),
)
TALK = {
    "Hello! What shall I work out?": Phrasings(
        "beyond.hello",
        (
            "Hello.",
            "Hello!",
            "Hi.",
            "Hi there!",
            "Hey!",
            "Good morning.",
            "Good evening!",
            "Hello nano.",
            "Hi nano!",
            "Are you there?",
            "Greetings.",
        ),
        ("Good afternoon!", "Hey there.", "Hiya!"),
    ),
    "You are welcome.": Phrasings(
        "beyond.thanks",
        (
            "Thank you.",
            "Thanks!",
            "Thank you very much.",
            "Many thanks.",
            "Great, thanks.",
            "That helped, thank you.",
            "Thanks a lot!",
            "Well done.",
        ),
        ("Thank you so much!", "Cheers, that helped.", "Nice, thanks."),
    ),
    "Goodbye!": Phrasings(
        "beyond.bye",
        ("Goodbye.", "Bye!", "Bye bye.", "See you later.", "Good night.", "See you tomorrow!", "That is all, bye.", "Farewell."),
        ("So long!", "See you soon.", "Bye for now."),
    ),
}
TALK_STEPS = "This is no problem to solve."
SELF = Phrasings(
    "beyond.self",
    (
        "Who are you?",
        "What are you?",
        "What can you do?",
        "What is your name?",
        "Tell me about yourself.",
        "What are you able to do?",
        "Introduce yourself.",
        "What kind of model are you?",
        "Hello, who are you?",
        "What were you trained for?",
        "What do you know?",
        "What can I ask you?",
    ),
    ("Say who you are.", "May I know your name?", "Which questions can you answer?"),
)


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """A question outside every family; one in thirty is about the model itself, and one in twenty is plain talk."""
    if rng.random() < 1 / 30:
        question, phrasing = SELF.put(rng, held_out)
        return Task("beyond", level, question, "This is a question about me.", WHO, phrasing)
    if rng.random() < 1 / 20:
        answer = rng.choice(list(TALK))
        question, phrasing = TALK[answer].put(rng, held_out)
        return Task("beyond", level, question, TALK_STEPS, answer, phrasing)
    place, other = rng.sample(PLACES, 2)
    question, phrasing = OPEN.put(
        rng,
        held_out,
        place=place,
        other=other,
        person=rng.choice(PEOPLE),
        topic=rng.choice(TOPICS),
        food=rng.choice(FOODS),
        animal=rng.choice(ANIMALS),
        language=rng.choice(LANGUAGES),
        thing=rng.choice(THINGS),
        feeling=rng.choice(FEELINGS),
        code=rng.choice(CODE),
        hard=rng.choice(HARD).format(f=rng.choice(FUNCTIONS)),
    )
    if held_out:
        other = rng.choice(HELD_OUT["place"])
        words = {name: rng.choice(choices) for name, choices in HELD_OUT.items()}
        question = OPEN.held_out[int(phrasing.rpartition(".")[2])].format(other=other, **words)
    return Task("beyond", level, dress(rng, question), STEPS, NOT_TRAINED, phrasing)


FAMILY = Family("beyond", "questions outside all families, to be declined", (1,), make, same_words, (OPEN, SELF, *TALK.values()))
