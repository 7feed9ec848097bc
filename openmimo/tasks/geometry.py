"""Lengths, areas, volumes, angles and points of the plane: a formula said in words, then one operation a line.

Knows no drawings, no circles and no roots that are not whole. Read `statistics.py` next.
"""

import random
from fractions import Fraction
from math import gcd

from openmimo.tasks.answers import either, same_list, same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, lowest_terms, product_lines, quotient_lines, sum_lines

PERIMETER = Phrasings(
    "geometry.perimeter",
    (
        "What is the perimeter of a rectangle with sides {a} and {b}?",
        "Find the perimeter of a rectangle that is {a} long and {b} wide.",
        "A rectangle has length {a} and width {b}. What is its perimeter?",
        "A garden is {a} m long and {b} m wide. How many metres of fence go around it?",
        "Calculate the perimeter of a {a} by {b} rectangle.",
        "The sides of a rectangle are {a} cm and {b} cm. What is the perimeter in cm?",
        "How long is the border of a rectangle with sides {a} and {b}?",
        "Work out the perimeter: rectangle, {a} by {b}.",
        "A rectangular field measures {a} m by {b} m. What is its perimeter in metres?",
        "Perimeter of a rectangle with sides {a} and {b}?",
        "A picture is {a} cm wide and {b} cm high. How many cm of frame go around it?",
        "What is the distance around a rectangle of {a} by {b}?",
    ),
    (
        "I walk once around a rectangular yard of {a} m by {b} m. How many metres do I walk?",
        "A ribbon is laid along all four edges of a cloth of {a} by {b}. How long is it?",
        "Add up all the sides of a rectangle with length {a} and width {b}.",
    ),
)
AREA = Phrasings(
    "geometry.area",
    (
        "What is the area of a rectangle with sides {a} and {b}?",
        "Find the area of a rectangle that is {a} long and {b} wide.",
        "A rectangle has length {a} and width {b}. What is its area?",
        "A floor is {a} m long and {b} m wide. How many square metres is it?",
        "Calculate the area of a {a} by {b} rectangle.",
        "The sides of a rectangle are {a} cm and {b} cm. What is the area in square cm?",
        "How large is the area of a rectangle with sides {a} and {b}?",
        "Work out the area: rectangle, {a} by {b}.",
        "A rectangular field measures {a} m by {b} m. What is its area in square metres?",
        "Area of a rectangle with sides {a} and {b}?",
        "How many unit squares fill a rectangle of {a} by {b}?",
        "A wall is {a} m wide and {b} m high. What is its area in square metres?",
    ),
    (
        "I want to tile a floor of {a} by {b} with tiles of 1 by 1. How many tiles do I need?",
        "How many square metres of carpet cover a room of {a} m by {b} m?",
        "A sheet measures {a} cm one way and {b} cm the other. How much surface is that, in square cm?",
    ),
)
WIDTH = Phrasings(
    "geometry.width",
    (
        "A rectangle has area {s} and one side {a}. How long is the other side?",
        "The area of a rectangle is {s} and its length is {a}. What is its width?",
        "Find the width of a rectangle with area {s} and length {a}.",
        "A rectangular garden of {s} square metres is {a} m long. How many metres wide is it?",
        "If a rectangle with one side {a} has area {s}, what is the other side?",
        "One side of a rectangle is {a} cm and the area is {s} square cm. Find the other side in cm.",
        "What is the missing side of a rectangle with area {s} and one side {a}?",
        "A rectangle covers {s} unit squares and is {a} units long. How wide is it?",
        "Rectangle, area {s}, length {a}: what is the width?",
        "How wide is a rectangle of area {s} if it is {a} long?",
        "A wall of {s} square metres is {a} m wide. How many metres high is it?",
        "The length of a rectangle is {a}, the area {s}. Calculate the width.",
    ),
    (
        "I have {s} tiles of 1 by 1 and lay them in a rectangle with {a} in each row. How many rows?",
        "A carpet of {s} square metres measures {a} m along one edge. What about the next edge, in metres?",
        "Which width makes a rectangle {a} long have the area {s}?",
    ),
)
TRIANGLE = Phrasings(
    "geometry.triangle",
    (
        "What is the area of a triangle with base {a} and height {b}?",
        "A triangle has base {a} and height {b}. Find its area.",
        "Find the area of a triangle whose base is {a} and whose height is {b}.",
        "The base of a triangle is {a} cm and its height {b} cm. What is the area in square cm?",
        "Calculate the area of a triangle: base {a}, height {b}.",
        "How large is a triangle with base {a} and height {b}? Give the area.",
        "A triangular sail has a base of {a} m and a height of {b} m. How many square metres is it?",
        "Area of a triangle with base {a} and height {b}?",
        "A right triangle has legs {a} and {b}. What is its area?",
        "Work out the area of a triangle with base {a} and height {b}.",
        "If the base of a triangle is {a} and the height is {b}, what is the area?",
        "The height of a triangle on its base of {a} is {b}. What is its area?",
    ),
    (
        "A triangular flower bed is {a} m along its base and {b} m high. How many square metres of soil show?",
        "I cut a sheet of {a} by {b} along its diagonal. What area does one half have?",
        "How much area lies under a roof shaped like a triangle, {a} wide and {b} high?",
    ),
)
BOX = Phrasings(
    "geometry.box",
    (
        "What is the volume of a box with sides {a}, {b} and {c}?",
        "A box is {a} long, {b} wide and {c} high. What is its volume?",
        "Find the volume of a box measuring {a} by {b} by {c}.",
        "A tank is {a} m long, {b} m wide and {c} m deep. How many cubic metres does it hold?",
        "Calculate the volume of a {a} by {b} by {c} box.",
        "The edges of a box are {a} cm, {b} cm and {c} cm. What is the volume in cubic cm?",
        "How many unit cubes fit into a box of {a} by {b} by {c}?",
        "Work out the volume: length {a}, width {b}, height {c}.",
        "Volume of a box with edges {a}, {b} and {c}?",
        "A room measures {a} m by {b} m and is {c} m high. What is its volume in cubic metres?",
        "A brick has edges {a}, {b} and {c}. How large is its volume?",
        "What volume does a rectangular box of {a} by {b} by {c} have?",
    ),
    (
        "How much space is inside a crate with the inner edges {a}, {b} and {c}?",
        "I stack cubes of edge 1 to a block, {a} along, {b} across and {c} up. How many cubes are in it?",
        "Sugar cubes fill a carton exactly: {a} in a row, {b} rows, {c} layers. How many are there?",
    ),
)
HYPOTENUSE = Phrasings(
    "geometry.hypotenuse",
    (
        "A right triangle has legs {a} and {b}. How long is the hypotenuse?",
        "What is the hypotenuse of a right triangle with legs {a} and {b}?",
        "Find the hypotenuse of a right triangle whose legs are {a} and {b}.",
        "The legs of a right triangle are {a} cm and {b} cm. What is the hypotenuse in cm?",
        "A rectangle has sides {a} and {b}. How long is its diagonal?",
        "Use Pythagoras: legs {a} and {b}. What is the hypotenuse?",
        "Calculate the diagonal of a {a} by {b} rectangle.",
        "In a right triangle the legs measure {a} and {b}. What is the longest side?",
        "Hypotenuse of a right triangle with legs {a} and {b}?",
        "Work out the longest side of a right triangle with legs {a} and {b}.",
        "If the legs of a right triangle are {a} and {b}, how long is the hypotenuse?",
        "What is the length of the diagonal of a rectangle with sides {a} and {b}?",
    ),
    (
        "I walk {a} m east and then {b} m north. How many metres is it straight back to the start?",
        "A path cuts across a park of {a} m by {b} m from corner to opposite corner. How many metres long is it?",
        "Two sides of {a} and {b} meet at a right angle. What does the side that closes the triangle measure?",
    ),
)
LEG = Phrasings(
    "geometry.leg",
    (
        "A right triangle has hypotenuse {c} and one leg {a}. How long is the other leg?",
        "What is the missing leg of a right triangle with hypotenuse {c} and one leg {a}?",
        "Find the other leg: hypotenuse {c}, leg {a}, right triangle.",
        "The hypotenuse of a right triangle is {c} cm, one leg {a} cm. Find the other leg in cm.",
        "In a right triangle the longest side is {c} and one leg is {a}. What is the second leg?",
        "A rectangle has a diagonal of {c} and one side of {a}. How long is the other side?",
        "Use Pythagoras: the hypotenuse is {c} and a leg is {a}. What is the other leg?",
        "If one leg of a right triangle is {a} and the hypotenuse is {c}, what is the other leg?",
        "Calculate the second leg of a right triangle with hypotenuse {c} and leg {a}.",
        "One leg of a right triangle measures {a}, the hypotenuse {c}. Find the remaining side.",
        "Work out the unknown leg of a right triangle: hypotenuse {c}, known leg {a}.",
        "A ladder of {c} m stands {a} m from a wall. How many metres up the wall does it reach?",
    ),
    (
        "From the top of a mast a rope of {c} m runs straight to a peg {a} m from its foot. How many metres high is the mast?",
        "A screen has a diagonal of {c} and a height of {a}. How wide must it be?",
        "The long side of a right triangle is {c}; one side at the right angle is {a}. And the other one there?",
    ),
)
ANGLE = Phrasings(
    "geometry.angle",
    (
        "Two angles of a triangle are {a} and {b} degrees. What is the third, in degrees?",
        "A triangle has angles of {a} and {b} degrees. Find the third angle in degrees.",
        "What is the third angle of a triangle with angles {a} and {b} degrees?",
        "In a triangle two angles measure {a} and {b} degrees. How many degrees is the third?",
        "Find the missing angle of a triangle: {a} degrees, {b} degrees, ?",
        "If a triangle has an angle of {a} degrees and one of {b} degrees, what is the last one in degrees?",
        "The angles of a triangle are {a}, {b} and x degrees. What is x?",
        "Calculate the third angle in degrees of a triangle with {a} and {b} degrees.",
        "Triangle with angles {a} and {b} degrees: how many degrees is the third angle?",
        "Work out the remaining angle, in degrees, of a triangle with angles {a} and {b} degrees.",
        "Two corners of a triangle have {a} and {b} degrees. How many degrees has the third corner?",
        "What angle, in degrees, completes a triangle with {a} and {b} degrees?",
    ),
    (
        "A triangular tile is {a} degrees wide at one tip and {b} at another. How many degrees at the last tip?",
        "How many degrees remain in a triangle once {a} and {b} degrees are taken?",
        "I measured {a} and {b} degrees in a triangle and forgot one angle. How many degrees must it have?",
    ),
)
POLYGON = Phrasings(
    "geometry.polygon",
    (
        "What is the sum of the angles of a polygon with {n} sides, in degrees?",
        "Find the sum of the interior angles of a polygon with {n} sides, in degrees.",
        "How many degrees do the angles of a polygon with {n} corners add up to?",
        "A polygon has {n} sides. What is the sum of its interior angles in degrees?",
        "Calculate the interior angle sum of a {n}-sided polygon in degrees.",
        "What do the interior angles of a {n}-sided polygon add up to, in degrees?",
        "Sum of the angles in a polygon with {n} sides, in degrees?",
        "Give the sum in degrees of the angles inside a polygon with {n} corners.",
        "If a polygon has {n} sides, how many degrees are all its interior angles together?",
        "Work out the total of the interior angles, in degrees, for {n} sides.",
        "In degrees, what is the angle sum of a polygon with {n} sides?",
        "How large is the sum of all inside angles of a polygon with {n} sides, in degrees?",
    ),
    (
        "I add all the inside angles of a shape with {n} straight sides. How many degrees do I get?",
        "A fence with {n} straight pieces closes a field. What do the field's inner corners add up to, in degrees?",
        "Cut a shape with {n} corners into triangles: how many degrees are in all its corners?",
    ),
)
DISTANCE = Phrasings(
    "geometry.distance_squared",
    (
        "What is the square of the distance between ({a}, {b}) and ({c}, {d})?",
        "Find the squared distance from ({a}, {b}) to ({c}, {d}).",
        "How large is the distance squared between the points ({a}, {b}) and ({c}, {d})?",
        "Calculate the square of the distance from ({a}, {b}) to ({c}, {d}).",
        "Points ({a}, {b}) and ({c}, {d}): what is their squared distance?",
        "Give the squared distance of ({a}, {b}) and ({c}, {d}).",
        "Compute the distance squared from ({a}, {b}) to ({c}, {d}).",
        "Let P = ({a}, {b}) and Q = ({c}, {d}). What is the square of the distance PQ?",
        "What is the squared length of the segment from ({a}, {b}) to ({c}, {d})?",
        "The ends of a segment are ({a}, {b}) and ({c}, {d}). Find the square of its length.",
        "Squared distance between ({a}, {b}) and ({c}, {d})?",
        "Work out the square of the distance between the points ({a}, {b}) and ({c}, {d}).",
    ),
    (
        "A square is drawn on the line from ({a}, {b}) to ({c}, {d}) as its side. What is its area?",
        "If r is how far ({a}, {b}) is from ({c}, {d}), how much is r times r?",
        "Without the root at the end, how far apart are ({a}, {b}) and ({c}, {d})?",
    ),
)
MIDPOINT = Phrasings(
    "geometry.midpoint",
    (
        "What is the midpoint of ({a}, {b}) and ({c}, {d})? Answer as (x, y).",
        "Find the midpoint of the points ({a}, {b}) and ({c}, {d}) in the form (x, y).",
        "Give the midpoint of the segment from ({a}, {b}) to ({c}, {d}) as (x, y).",
        "Which point (x, y) is halfway between ({a}, {b}) and ({c}, {d})?",
        "Calculate the midpoint (x, y) of ({a}, {b}) and ({c}, {d}).",
        "A segment goes from ({a}, {b}) to ({c}, {d}). What is its midpoint (x, y)?",
        "The ends of a segment are ({a}, {b}) and ({c}, {d}). Find the middle as (x, y).",
        "Midpoint (x, y) of ({a}, {b}) and ({c}, {d})?",
        "What point (x, y) is in the middle of ({a}, {b}) and ({c}, {d})?",
        "Compute the midpoint between ({a}, {b}) and ({c}, {d}), written (x, y).",
        "Let P = ({a}, {b}) and Q = ({c}, {d}). What is the midpoint of PQ, as (x, y)?",
        "Work out the point (x, y) halfway from ({a}, {b}) to ({c}, {d}).",
    ),
    (
        "I walk straight from ({a}, {b}) to ({c}, {d}) and rest when half the way is done. Where, as (x, y)?",
        "Two friends live at ({a}, {b}) and ({c}, {d}) and meet in the centre between. Name the spot as (x, y).",
        "A line with the ends ({a}, {b}) and ({c}, {d}) is cut in two equal pieces. At which (x, y)?",
    ),
)
SLOPE = Phrasings(
    "geometry.slope",
    (
        "What is the slope of the line through ({a}, {b}) and ({c}, {d}), as a whole number or a fraction?",
        "Find the slope of the line through ({a}, {b}) and ({c}, {d}), as a whole number or a fraction in lowest terms.",
        "A line passes through ({a}, {b}) and ({c}, {d}). What is its slope, as a whole number or fraction?",
        "Calculate the slope from ({a}, {b}) to ({c}, {d}). Give a whole number or a fraction.",
        "Give the slope of the line that joins ({a}, {b}) and ({c}, {d}), as a whole number or a fraction.",
        "What is the gradient of the line through ({a}, {b}) and ({c}, {d}), as a whole number or a fraction?",
        "Compute the gradient of the segment from ({a}, {b}) to ({c}, {d}), as a whole number or a fraction.",
        "Slope of the line through ({a}, {b}) and ({c}, {d}), whole or as a fraction?",
        "Let P = ({a}, {b}) and Q = ({c}, {d}). What is the slope of PQ, as a whole number or a fraction?",
        "Work out the slope of the line between ({a}, {b}) and ({c}, {d}). Use a fraction if it is not whole.",
        "How steep is the line through ({a}, {b}) and ({c}, {d})? Give the slope, whole or as a fraction.",
        "If a line goes through ({a}, {b}) and ({c}, {d}), what is its slope? Answer with a whole number or a fraction.",
    ),
    (
        "A straight road climbs from ({a}, {b}) to ({c}, {d}). How much does it gain for each 1 to the right, whole or as a fraction?",
        "For the line y = m x + k that meets ({a}, {b}) and ({c}, {d}), what is m, as a whole number or a fraction?",
        "By how much does y change for every step of 1 in x along the line from ({a}, {b}) to ({c}, {d})? A fraction if not whole.",
    ),
)

TRIPLES = ((3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (9, 40, 41))

Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One figure or pair of points of a kind of the level, with a whole answer, or for a slope a fraction."""
    kinds = {
        1: (_perimeter, _area, _angle),
        2: (_perimeter, _area, _width, _triangle, _box, _angle, _hypotenuse, _midpoint),
        3: (_width, _triangle, _box, _hypotenuse, _leg, _polygon, _distance, _midpoint, _slope),
    }
    phrasings, parts, lines, answer = rng.choice(kinds[level])(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("geometry", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _side(rng: random.Random, level: int) -> int:
    return rng.randint(2, (20, 60, 250)[level - 1])


def _perimeter(rng: random.Random, level: int) -> Made:
    a, b = _side(rng, level), _side(rng, level)
    return PERIMETER, {"a": a, "b": b}, [*sum_lines(a, b), "Twice that:", *product_lines(2, a + b)], str(2 * (a + b))


def _area(rng: random.Random, level: int) -> Made:
    a, b = _side(rng, level), rng.randint(2, (9, 40)[level - 1])
    return AREA, {"a": a, "b": b}, ["Length times width:", *product_lines(a, b)], str(a * b)


def _width(rng: random.Random, level: int) -> Made:
    a, b = rng.randint(3, 9 if level == 2 else 25), _side(rng, level)
    return WIDTH, {"s": a * b, "a": a}, ["Area over length:", *quotient_lines(a * b, a)], str(b)


def _triangle(rng: random.Random, level: int) -> Made:
    a, b = rng.randint(2, 12 * level), rng.randint(2, 12 * level)
    if a * b % 2:
        a += 1
    return (
        TRIANGLE,
        {"a": a, "b": b},
        ["Base times height:", *product_lines(a, b), "Half of that:", *quotient_lines(a * b, 2)],
        str(a * b // 2),
    )


def _box(rng: random.Random, level: int) -> Made:
    a, b, c = (rng.randint(2, 10 if level == 2 else 25) for _ in range(3))
    return BOX, {"a": a, "b": b, "c": c}, ["Base first:", *product_lines(a, b), "Times height:", *product_lines(a * b, c)], str(a * b * c)


def _triple(rng: random.Random, level: int) -> tuple[int, int, int]:
    """Whole sides of a right triangle, the shorter legs first or second."""
    a, b, c = rng.choice(TRIPLES[:3] if level == 2 else TRIPLES)
    factor = rng.randint(1, max(1, 30 // c))
    a, b = (a, b) if rng.random() < 0.5 else (b, a)
    return factor * a, factor * b, factor * c


def _hypotenuse(rng: random.Random, level: int) -> Made:
    a, b, c = _triple(rng, level)
    lines = [*product_lines(a, a), *product_lines(b, b), *sum_lines(a * a, b * b), f"{c * c} = {c} * {c}", f"The root is {c}."]
    return HYPOTENUSE, {"a": a, "b": b}, lines, str(c)


def _leg(rng: random.Random, level: int) -> Made:
    a, b, c = _triple(rng, level)
    lines = [*product_lines(c, c), *product_lines(a, a), *difference_lines(c * c, a * a), f"{b * b} = {b} * {b}", f"The root is {b}."]
    return LEG, {"a": a, "c": c}, lines, str(b)


def _angle(rng: random.Random, level: int) -> Made:
    a, b = (
        (10 * rng.randint(2, 8), 10 * rng.randint(2, 8))
        if level == 1 and rng.random() < 0.3
        else (rng.randint(15, 88), rng.randint(15, 88))
    )
    return ANGLE, {"a": a, "b": b}, ["All three make 180.", *sum_lines(a, b), *difference_lines(180, a + b)], str(180 - a - b)


def _polygon(rng: random.Random, level: int) -> Made:
    n = rng.randint(5, 40)
    lines = [f"{n} - 2 = {n - 2}", f"That is {n - 2} triangles of 180.", *product_lines(n - 2, 180)]
    return POLYGON, {"n": n}, lines, str((n - 2) * 180)


def _points(rng: random.Random, most: int) -> tuple[int, int, int, int]:
    """Two points with different x, the left one first."""
    left, right = sorted(rng.sample(range(-most, most + 1), 2))
    return left, rng.randint(-most, most), right, rng.randint(-most, most)


def _distance(rng: random.Random, level: int) -> Made:
    a, b, c, d = _points(rng, 10)
    x, y = c - a, d - b
    lines = ["x:", *difference_lines(c, a), "y:", *difference_lines(d, b), *product_lines(x, x), *product_lines(y, y)]
    return DISTANCE, {"a": a, "b": b, "c": c, "d": d}, [*lines, *sum_lines(x * x, y * y)], str(x * x + y * y)


def _midpoint(rng: random.Random, level: int) -> Made:
    least, most = (0, 20) if level == 2 else (-50, 50)
    x, y, across, up = rng.randint(least, most), rng.randint(least, most), rng.randint(1, most // 2), rng.randint(-most // 2, most // 2)
    a, b, c, d = x - across, y - up, x + across, y + up
    lines = ["x:", *sum_lines(a, c), f"{2 * x} / 2 = {x}", "y:", *sum_lines(b, d), f"{2 * y} / 2 = {y}"]
    return MIDPOINT, {"a": a, "b": b, "c": c, "d": d}, [*lines, f"The point is ({x}, {y})."], f"({x}, {y})"


def _slope(rng: random.Random, level: int) -> Made:
    a, b, c, d = _points(rng, 15)
    run, rise = c - a, d - b
    value = Fraction(rise, run)
    lines = ["Rise:", *difference_lines(d, b), "Run:", *difference_lines(c, a)]
    if rise and gcd(rise, run) < run:
        lines += lowest_terms(abs(rise), run)
    return SLOPE, {"a": a, "b": b, "c": c, "d": d}, [*lines, f"{rise} / {run} = {value}"], str(value)


FAMILY = Family(
    "geometry",
    "perimeters, areas, volumes, right triangles, angles, and points: squared distance, midpoint, slope",
    (1, 2, 3),
    make,
    either(same_number, same_list),
    (PERIMETER, AREA, WIDTH, TRIANGLE, BOX, HYPOTENUSE, LEG, ANGLE, POLYGON, DISTANCE, MIDPOINT, SLOPE),
)
