"""The step of the engine in C++ for the CPU: vectors.h, product.h, attention.h, team.h, network.cpp, and their Python side."""
