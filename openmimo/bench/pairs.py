"""Pairs on which math-verify 0.9.0 errs, as measured (math-verify's issues 14, 25, 41, 60, 69, and our own).

Data only: gold answers with wrong answers that it accepts, and right ones that it rejects.
"""

FALSE_ACCEPTS = (
    ("1/2004!", "1/2006!"),
    ("1/2^{99}", "1/2^{98}"),
    ("(2^{2005}+1)/(3*2^{2006})", "1/(3*2^{2006})"),
    (r"1-1/\mathrm{e}", r"1+1/\mathrm{e}"),
    (r"1,2,\ldots,n", r"1,3,5,\ldots,2n-1"),
    ("3*x-1*y+13=0", "3x+4y+14=0"),
    ("4", r"4\sqrt(2)"),
    ("0.1234567", "0.1234569"),
    ("42", r"\boxed{41=42}"),
    ("42", "the answer is 41. $42$"),
)
FALSE_REJECTS = (
    ("e^{16}-1", "-1+exp(16)"),
    (r"\pi/2", "pi/2"),
    (r"-2\pi", "-2*pi"),
    ("14-i", "14.0 + -1.0i"),
    (r"m \in [\sqrt2,\infty)", r"m \ge \sqrt2"),
)
# Rejected by `reward` on purpose: two boxes side by side are hedging.
HEDGED = (("42", r"\boxed{41} \boxed{42}"),)
