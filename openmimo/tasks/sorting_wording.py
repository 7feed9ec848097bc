"""How the questions of `sorting.py` are put. Knows nothing of answers."""

from openmimo.tasks.task import Phrasings

PLAIN = Phrasings(
    "sorting.plain",
    (
        "Sort {s} {o}.",
        "Put {s} in order {o}.",
        "Order these numbers {o}: {s}",
        "Write {s} {o}.",
        "Arrange {s} {o}.",
        "Sort the list {s} {o}.",
        "What is {s} sorted {o}?",
        "Give {s} in order {o}.",
        "List the numbers {s} {o}.",
        "Sort these numbers {o}: {s}",
        "What do you get when you sort {s} {o}?",
    ),
    (
        "Cards with {s} lie on the table. Lay them in a row {o}.",
        "Players with the scores {s} line up {o}. What is the row of scores?",
        "Bring order into {s}, going {o}.",
    ),
)
BUBBLE = Phrasings(
    "sorting.bubble",
    (
        "What is {s} after {k} of bubble sort, swapping neighbours from left to right?",
        "Bubble sort, smallest first: what is the list {s} after {k} from left to right?",
        "Do {k} of bubble sort from left to right on {s}, smallest first. What is the list then?",
        "Give the list {s} after {k} of bubble sort from left to right.",
        "Apply {k} of bubble sort (left to right, smallest first) to {s}.",
        "The list is {s}. What is it after {k} of bubble sort from left to right?",
        "Trace {k} of bubble sort from left to right on {s}. Which list results?",
        "After {k} of bubble sort from left to right, how does {s} look?",
        "Run {k} of bubble sort on {s}, comparing neighbours from left to right.",
        "What does {s} become after {k} of bubble sort, going left to right?",
        "Starting from {s}, do {k} of bubble sort from left to right.",
    ),
    (
        "Walk along {s} from left to right and swap any two neighbours where the left is larger. After {k} like this, what is the row?",
        "Large numbers bubble up to the right end of {s}. Which order is there after {k}?",
        "{k} from left to right through {s}, each time swapping neighbours in the wrong order: the row then?",
    ),
)
SELECTION = Phrasings(
    "sorting.selection",
    (
        "What is {s} after {k} of selection sort, swapping the smallest of the rest to the front?",
        "Selection sort swaps the smallest of the rest to the front. What is the list {s} after {k}?",
        "Do {k} of selection sort by swaps on {s}, smallest first. What is the list then?",
        "Give the list {s} after {k} of selection sort by swaps.",
        "Apply {k} of selection sort (by swaps, smallest first) to {s}.",
        "The list is {s}. What is it after {k} of selection sort by swaps?",
        "Trace {k} of selection sort by swaps on {s}. Which list results?",
        "After {k} of selection sort by swaps, how does {s} look?",
        "Run {k} of selection sort on {s}, each time swapping the smallest that is left into place.",
        "What does {s} become after {k} of selection sort by swaps?",
        "Starting from {s}, do {k} of selection sort by swaps.",
    ),
    (
        "In {s}, exchange the smallest number with the first, then the smallest of the rest with the second, and so on. The row after {k}?",
        "Find the smallest that is not yet placed in {s} and let it trade places into the next spot. After {k} of this, what is the row?",
        "{k} of picking the smallest from {s} and exchanging it forward: which order is that?",
    ),
)
INSERTION = Phrasings(
    "sorting.insertion",
    (
        "What is {s} when insertion sort has put the first {k} numbers in order?",
        "Insertion sort has placed the first {k} numbers of {s}. What is the list now?",
        "Do insertion sort on {s} until the first {k} numbers are in order. What is the list then?",
        "Give the list {s} after insertion sort of its first {k} numbers.",
        "Apply insertion sort to the first {k} numbers of {s}. What is the whole list?",
        "The list is {s}. What is it once insertion sort has handled the first {k} numbers?",
        "Trace insertion sort on {s} up to number {k} of the list. Which list results?",
        "After insertion sort of the first {k} numbers, how does the list {s} look?",
        "Run insertion sort on {s} and stop when {k} numbers are inserted, the first one counted. What is the list?",
        "What does {s} become when its first {k} numbers are put in order by insertion sort?",
        "Starting from {s}, insert number after number until the first {k} are sorted. What is the list?",
    ),
    (
        "I hold the cards {s} and slide each one left to where it belongs, so far the first {k}. How do I hold all cards now?",
        "Of the row {s} only the first {k} have found their places among each other. Write the whole row.",
        "With {s}, somebody who sorts by inserting stops after {k} numbers. What is the whole row?",
    ),
)
SWAPS = Phrasings(
    "sorting.swaps",
    (
        "How many swaps does bubble sort need to sort {s}, smallest first?",
        "How many swaps of neighbours does bubble sort make on {s}?",
        "Count the swaps when bubble sort puts {s} in rising order.",
        "Bubble sort sorts {s} from smallest to largest. How many swaps is that?",
        "Find the number of swaps that bubble sort makes on {s}.",
        "What is the number of swaps in a bubble sort of {s}?",
        "How many inversions does the list {s} have?",
        "In {s}, how many pairs are out of order?",
        "How often does bubble sort swap when it sorts {s}?",
        "Give the number of swaps for bubble sort on the list {s}.",
        "Sort {s} by swapping neighbours only. How few swaps are enough?",
    ),
    (
        "Children with the numbers {s} stand in a row, and only two next to each other may trade places. How many trades until all is in rising order?",
        "How many pairs of {s} have the larger number on the left?",
        "Neighbours in {s} trade places until the row rises. What is the least number of trades?",
    ),
)
MERGE = Phrasings(
    "sorting.merge",
    (
        "Merge the sorted lists {a} and {b}.",
        "Merge {a} with {b} into one sorted list.",
        "What is the merge of {a} and {b}, in order?",
        "Combine the sorted lists {a} and {b} into one sorted list.",
        "Merge step of merge sort: {a} and {b}. What is the result?",
        "Two sorted lists are {a} and {b}. Merge them.",
        "Give the sorted list that merging {a} and {b} makes.",
        "What sorted list do {a} and {b} make together?",
        "Join {a} and {b} so that the result is in rising order.",
        "Merge sort has the halves {a} and {b}. What comes out of the merge?",
        "Make one sorted list of {a} and {b}.",
    ),
    (
        "Two queues, {a} and {b}, become one, and the smaller number always goes first. What is the new queue?",
        "Zip {a} and {b} into a single rising row.",
        "I lay the pile {a} and the pile {b} into one, lowest first. Which row is it?",
    ),
)
PROBES = Phrasings(
    "sorting.probes",
    (
        "Binary search for {x} in {s}: which numbers are looked at, in order? Of two middle numbers take the left.",
        "Which numbers does binary search compare with {x} in {s}, in order? Of two middle numbers it takes the left.",
        "List the probes of binary search for {x} in {s}, taking the left of two middle numbers.",
        "Search {s} for {x} by binary search, with the left one of two middles. Which numbers are looked at?",
        "In the sorted list {s}, binary search looks for {x}. Name the numbers it visits; of two middles, the left.",
        "Trace binary search for {x} in {s}. List the middle numbers, the left one if there are two.",
        "What are the middle numbers, in order, when binary search finds {x} in {s}? If there are two, it takes the left.",
        "Do a binary search for {x} in {s}. Which numbers do you look at? Take the left of two middles.",
        "Binary search (left of two middles) finds {x} in {s}. Give the numbers it looks at, the last one included.",
        "Find {x} in {s} by halving and list every number looked at. With two middles use the left.",
        "Which numbers are probed on the way to {x} in {s} by binary search that takes the left of two middles?",
    ),
    (
        "I look for {x} in the row {s}, always opening the middle of what is left, or the left one of two. Which numbers do I see, to the end?",
        "Halve {s} again and again until {x} is hit, leaning left between two middles. Write the numbers hit on the way.",
        "The drawers are numbered {s}. I seek {x} and open the middle drawer each time (left one if two). Which drawers do I open?",
    ),
)
