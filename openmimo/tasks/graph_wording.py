"""How the questions of `graphs.py` are put. Knows nothing of answers."""

from openmimo.tasks.task import Phrasings

DEGREE = Phrasings(
    "graphs.degree",
    (
        "A graph has the edges {g}. What is the degree of {a}?",
        "Edges: {g}. How many edges meet at {a}?",
        "What is the degree of {a} in the graph {g}?",
        "How many neighbours does {a} have in the graph with edges {g}?",
        "The edges are {g}. Find the degree of {a}.",
        "Given the edges {g}, how many edges does {a} have?",
        "In the graph {g}, how many edges touch {a}?",
        "Count the edges at {a}: {g}",
        "Roads join these towns: {g}. How many roads lead to {a}?",
        "How many of the edges {g} have {a} as an end?",
        "Find how many points are joined to {a} by the edges {g}.",
    ),
    (
        "These pairs are friends: {g}. How many friends does {a} have?",
        "Wires run {g}. How many wires must I cut to take {a} off?",
        "From {a}, how many ways can one set out if the roads are {g}?",
    ),
)
NEIGHBOURS = Phrasings(
    "graphs.neighbours",
    (
        "A graph has the edges {g}. Which points are neighbours of {a}, in alphabetical order?",
        "Edges: {g}. List the neighbours of {a} in alphabetical order.",
        "What are the neighbours of {a} in the graph {g}, in alphabetical order?",
        "Which points does {a} share an edge with, from A on, if the edges are {g}?",
        "The edges are {g}. Name the neighbours of {a} alphabetically.",
        "Given the edges {g}, which points are next to {a}, in alphabetical order?",
        "In the graph {g}, list in alphabetical order what is joined to {a}.",
        "Find the neighbours of {a}, in alphabetical order: {g}",
        "Roads join these towns: {g}. Which towns have a road to {a}, in alphabetical order?",
        "Give the adjacency list of {a}, in alphabetical order, for the edges {g}.",
        "Alphabetically, which points are adjacent to {a} in {g}?",
    ),
    (
        "These pairs are friends: {g}. Who are the friends of {a}, alphabetically?",
        "Wires run {g}. To which points does {a} have a wire of its own, alphabetically?",
        "Standing at {a}, which points are one step away along {g}, alphabetically?",
    ),
)
CONNECTED = Phrasings(
    "graphs.connected",
    (
        "A graph has the edges {g}. Is there a path from {a} to {b}? Answer yes or no.",
        "Edges: {g}. Is {b} reachable from {a}? Answer yes or no.",
        "Is there a path between {a} and {b} in the graph {g}? Answer yes or no.",
        "Yes or no: are {a} and {b} connected in the graph with edges {g}?",
        "The edges are {g}. Can {b} be reached from {a}, yes or no?",
        "Given the edges {g}, say yes or no: does a path lead from {a} to {b}?",
        "In the graph {g}, is there any way from {a} to {b}? Answer yes or no.",
        "Roads join these towns: {g}. Can one drive from {a} to {b}? Answer yes or no.",
        "Are {a} and {b} in the same component of the graph {g}? Answer yes or no.",
        "Find out if {a} and {b} are joined by a path, yes or no: {g}",
        "Decide whether {b} is reachable from {a} along {g}. Answer yes or no.",
    ),
    (
        "These pairs of people talk: {g}. Can news from {a} get to {b}, yes or no?",
        "Wires run {g}. If {a} is switched on, does current get to {b}? Yes or no.",
        "I start at {a} and may walk only along {g}. Will I ever get to {b}, yes or no?",
    ),
)
DISTANCE = Phrasings(
    "graphs.distance",
    (
        "A graph has the edges {g}. How many edges has the shortest path from {a} to {b}?",
        "Edges: {g}. What is the length of the shortest path from {a} to {b}?",
        "What is the distance from {a} to {b}, in edges, in the graph {g}?",
        "How many edges long is the shortest path between {a} and {b} in the graph {g}?",
        "The edges are {g}. Find the length of a shortest path from {a} to {b}.",
        "Given the edges {g}, what is the least number of edges from {a} to {b}?",
        "In the graph {g}, how far is {b} from {a}, counted in edges?",
        "Roads join these towns: {g}. What is the least number of roads from {a} to {b}?",
        "Find the shortest path from {a} to {b}: how many edges? {g}",
        "With edges {g}, breadth-first search from {a} finds {b} at which level?",
        "Give the number of edges of the shortest path from {a} to {b} in {g}.",
    ),
    (
        "These pairs know each other: {g}. Over how many handshakes does {a} get to {b} at best?",
        "Each of {g} is a bus ride. What is the smallest number of rides from {a} to {b}?",
        "A frog hops only along {g}. In how many hops can it go from {a} to {b} at the fastest?",
    ),
)
BREADTH = Phrasings(
    "graphs.breadth",
    (
        "A graph has the edges {g}. In which order does breadth-first search from {a} visit the points, neighbours alphabetically?",
        "Edges: {g}. Give the order of breadth-first search from {a}, taking neighbours in alphabetical order.",
        "What is the breadth-first order from {a} in the graph {g}, with neighbours in alphabetical order?",
        "Do a breadth-first search from {a} on {g}, neighbours alphabetically. List the points in order.",
        "The edges are {g}. List the points as BFS from {a} visits them, neighbours in alphabetical order.",
        "Given the edges {g}, run BFS from {a} with neighbours in alphabetical order. What is the order?",
        "In the graph {g}, BFS starts at {a} and takes neighbours alphabetically. In which order are the points visited?",
        "Trace breadth-first search from {a}, neighbours alphabetically: {g}",
        "Which order of points does BFS give from {a} on {g} if neighbours are taken alphabetically?",
        "Visit the graph {g} breadth first from {a}, alphabetically. What is the order?",
        "Breadth-first search on {g} begins at {a}; neighbours go in alphabetical order. List the order of visits.",
    ),
    (
        "{a} tells some news to all friends in alphabetical order, then each of them does so in turn. Friends: {g}. In which order do all hear it?",
        "Write {a}, then its neighbours from A on, then the new neighbours of each of those in turn, and so on, for the lines {g}. Which row of letters is it?",
        "With a queue that begins with {a}, and neighbours joining it alphabetically, in what order do the points of {g} leave the queue?",
    ),
)
DEPTH = Phrasings(
    "graphs.depth",
    (
        "A graph has the edges {g}. In which order does depth-first search from {a} visit the points, neighbours alphabetically?",
        "Edges: {g}. Give the order of depth-first search from {a}, taking neighbours in alphabetical order.",
        "What is the depth-first order from {a} in the graph {g}, with neighbours in alphabetical order?",
        "Do a depth-first search from {a} on {g}, neighbours alphabetically. List the points in order.",
        "The edges are {g}. List the points as DFS from {a} visits them, neighbours in alphabetical order.",
        "Given the edges {g}, run DFS from {a} with neighbours in alphabetical order. What is the order?",
        "In the graph {g}, DFS starts at {a} and takes neighbours alphabetically. In which order are the points visited?",
        "Trace depth-first search from {a}, neighbours alphabetically: {g}",
        "Which order of points does DFS give from {a} on {g} if neighbours are taken alphabetically?",
        "Visit the graph {g} depth first from {a}, alphabetically. What is the order?",
        "Depth-first search on {g} begins at {a}; neighbours go in alphabetical order. List the order of first visits.",
    ),
    (
        "In a maze with passages {g} I start at {a}, always enter the alphabetically first room I do not know, and turn back only if there is none. "
        "In which order do I see the rooms?",
        "Explore {g} from {a}, as deep as it goes before backing up, earlier letters first. List the points as they are discovered.",
        "From {a} I follow {g} to the first new letter each time, and go back when stuck. In what order do I meet the letters?",
    ),
)
WEIGHTED = Phrasings(
    "graphs.weighted",
    (
        "A graph has these edges with weights: {g}. What is the length of the shortest path from {a} to {b}?",
        "Edges and lengths: {g}. How long is the shortest path from {a} to {b}?",
        "What is the shortest distance from {a} to {b} if the edges have the lengths {g}?",
        "Roads and their lengths in km: {g}. How many km is the shortest way from {a} to {b}?",
        "The weighted edges are {g}. Find the least total weight of a path from {a} to {b}.",
        "Given the lengths {g}, how far is it from {a} to {b} on the shortest way?",
        "In the weighted graph {g}, what is the distance from {a} to {b}?",
        "Use Dijkstra's algorithm on {g}. What is the distance from {a} to {b}?",
        "Find the length of the shortest way from {a} to {b}: {g}",
        "Towns and roads with minutes: {g}. How many minutes does the fastest way from {a} to {b} take?",
        "With edge weights {g}, how long is the shortest path between {a} and {b}?",
    ),
    (
        "Tickets cost: {g}. What does the cheapest trip from {a} to {b} cost?",
        "Pipes and their lengths are {g}. At least how much pipe does water run through from {a} to {b}?",
        "I want to walk from {a} to {b} as little as possible. The paths are {g}. How far do I walk?",
    ),
)
