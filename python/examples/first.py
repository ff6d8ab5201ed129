"""Theorem 4 on its default scenario: which of the claimed rates hold?"""

import luckflow as lf

result = lf.run("theorem4")
print(result)
print()
print(result.frame().iloc[::40, :4])

# The same by hand: overlaps of two nodes at 0.02 radians, and how fast the flow turns one to the other.
b = 3.0
D, L = lf.kernel(0.02, b)
print(f"\nD(0.02) = {D:.6g}, L(0.02) = {L:.6g}")
