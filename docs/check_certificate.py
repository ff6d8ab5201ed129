"""Checks certificates of luckflow with mpmath, by Theorem A and by the comparison matrix: check_certificate.py FILE…
The file: docs/certificates.md. The formulas: docs/theory.md, sections 5 (Theorem A) and 6 (matrix M)."""
import json, sys
from mpmath import mp, mpf, pi, sqrt, sin, cos, asin, acos, exp, tan, erfc, hypot, quad, matrix, inf
mp.dps, failed = 25, []
def note(item, fine): failed.extend([] if fine else [item])
def sinc(t): return sin(t) / t if t else mpf(1)
def dot(u, v): return sum(x * y for x, y in zip(u, v))
class Kernel:  # D and L of two nodes with threshold b, by their angle t; slope = -dD/dt
    def __init__(self, b):
        self.b, self.Q, self.phi, self.known = b, erfc(b / sqrt(2)) / 2, exp(-b * b / 2) / sqrt(2 * pi), {}
    def slope(self, t): return exp(-self.b ** 2 / 2 / cos(t / 2) ** 2) / (2 * pi)
    def D(self, t):
        t = min(max(t, mpf(0)), +pi)
        if t not in self.known:
            self.known[t] = max(0, 2 * self.Q - 1) + quad(self.slope, [t, pi]) if self.b else (pi - t) / (2 * pi)
        return self.known[t]
    def L(self, t):
        beyond = erfc(self.b * tan(t / 2) / sqrt(2)) / 2
        return (self.b ** 2 + cos(t)) * self.D(t) - 2 * self.b * self.phi * beyond + self.slope(t) * sin(t)
    def steepest(self, s):  # the largest slope of D between angle pi/2 and the angle whose cosine is s, from above
        return min(self.slope(acos(s)) / sqrt(1 - s * s), (self.D(acos(s)) - self.D(pi / 2)) / s if s else inf)
    def flattest(self, t):  # the least slope from pi/2 to an angle within t
        if abs(self.b) >= sqrt(2) - 1: return (self.D(pi / 2) - self.D(pi / 2 + t)) / sin(t)
        s, p = cos(pi / 2 + t), self.b ** 2  # extrema of phi_2 at the roots of r^2 + (1 - p) r + p and at the ends
        roots = [(p - 1 + i * sqrt(max(0, (1 - p) ** 2 - 4 * p))) / 2 for i in (1, -1)]
        return min(self.slope(acos(r)) / sqrt(1 - r * r) for r in [s, -s] + [r for r in roots if s < r < -s])
def angles(rows):
    unit = [[x / sqrt(dot(w, w)) for x in w] for w in rows]
    return [[acos(min(1, dot(u, v))) if u is not v else mpf(0) for v in unit] for u in unit]
def theorem_a(given, c):
    theta, radius, rate, b = (c[key] for key in ("largest_angle", "radius", "rate", "bounds"))
    kernel, m, ball, right = Kernel(given["threshold"]), len(given["teacher"]), 2 * asin(radius / 2), pi / 2
    pair, d, A = min(2 * theta, 4 * asin(radius / sqrt(8))), 2 * sin(theta / 2), angles(given["teacher"])
    e, flat = min(radius ** 2 / 2, d * d), sqrt(1 - radius ** 2 / 4)
    a, product = 1 - e, lambda lo, hi: min(cos(lo) * sin(hi), 0.5) * radius
    note("form", all(abs(A[j][k] - right) < mpf(10) ** -13 for j in range(m) for k in range(j)))
    note("radius", 1 >= radius >= sqrt(m) * 2 * sin(given["angle"] / 2))
    note("bounds.pull", b["pull"] <= kernel.D(theta) * sinc(theta))
    note("bounds.push", b["push"] >= sqrt(m - 1) * kernel.D(right - pair) + kernel.slope(right - pair) / cos(pair))
    lam = min(rate, b["pull"] * (1 - mpf(10) ** -6))  # theta' <= -q theta + f e^{-lam t}
    f, q, x = b["push"] * radius, b["pull"], given["angle"]
    k = f / (q - lam)
    reached = x if f <= q * x else f / q * (q * (k - x) / (lam * k)) ** (-lam / (q - lam))
    note("largest_angle", theta > reached or theta >= ball * (1 - mpf(10) ** -12))
    note("bounds.squares", b["squares"] >= kernel.Q ** 2 / 16 * min(radius, d * (1 + radius)) ** 2)
    note("bounds.pairs", b["pairs"] >= kernel.steepest(e / a) * radius ** 2 / (8 * a))
    note("bounds.slope", b["slope"] <= a * kernel.flattest(pair))
    note("bounds.cost", b["cost"] >= kernel.slope(right) * (a + 1 + 1 / (4 * a)))
    own, pieces, least, end = [inf], 400, inf, acos(1 / sqrt(m))
    for lo, hi in ((theta * i / pieces, theta * (i + 1) / pieces) for i in range(pieces)):
        bracket = kernel.D(hi) - kernel.Q ** 2 - cos(lo) * kernel.steepest(sin(hi))
        own.append(min(own[-1], bracket * cos((hi if bracket > 0 else lo) / 2) ** 2))
    kappa = lambda share: own[int(mp.ceil(min(2 * asin(radius * share / 2), theta) / theta * pieces))]
    for lo, hi in ((end * i / pieces, end * (i + 1) / pieces) for i in range(pieces)):
        main = kappa(cos(lo)) * cos(lo) ** 2 + kappa(min(cos(lo), sin(hi))) * sin(lo) ** 2
        gain = sqrt(b["slope"]) * max(0, cos(hi) * flat - sin(hi)) - sqrt(b["cost"]) * product(lo, hi)
        least = min(least, main - b["pairs"] * (1 - cos(hi) ** 4 - sin(lo) ** 4 / (m - 1)) + max(0, gain) ** 2)
    note("rate", 0 < rate <= least - b["squares"])
def comparison(given, c):
    kernel, V, z = Kernel(given["threshold"]), given["fan_out"], matrix(given["angles"] + given["errors"])
    m, n, A, box = len(V), len(given["errors"]), angles(given["teacher"] + given["extra"]), c["region"]
    margin, error, norm = box[:m] + c["drift"], box[m:], [sqrt(dot(v, v)) for v in V]
    near = lambda j, k: max(0, A[j][k] - margin[j] - margin[k])
    gain = lambda j, k: hypot(kernel.D(near(j, k)), kernel.slope(near(j, k)))
    def steepest(j, k):  # sup sin t D(t), by pieces
        lo, hi, n = (near(j, k), A[j][k] + margin[j] + margin[k], 200) if j != k else (mpf(0), margin[j], 100)
        t = [lo + (hi - lo) * i / n for i in range(n + 1)]
        return max(kernel.D(x) * (1 if x < pi / 2 < y else max(sin(x), sin(y))) for x, y in zip(t, t[1:]))
    def entry(i, k):
        if i < m and k < m:
            own = -kernel.D(box[i]) * sinc(box[i]) * (norm[i] ** 2 - norm[i] * error[i])
            return own if i == k else gain(i, k) * (abs(dot(V[i], V[k])) + norm[k] * error[i])
        if i < m: return kernel.D(near(i, k - m)) * (norm[i] + error[i]) if k - m != i else 0
        return steepest(i - m, k) * norm[k] if k < m else -kernel.L(0) if i == k else kernel.L(near(i - m, k - m))
    M, X, p, size = matrix(c["matrix"]), matrix(c["products"]), matrix(c["weights"]), m + n
    for i, k in ((i, k) for i in range(size) for k in range(size)):
        note(f"matrix[{i}][{k}]", M[i, k] >= entry(i, k))
    note("rate", min(p) > 0 and 0 < c["rate"] <= min(-x / y for x, y in zip(M * p, p)))
    note("products", max(M * X + X * M.T + z * z.T) <= 0)
    h = mpf("0.005") / max(-M[i, i] for i in range(size))
    step, grown, y, most = mp.expm(M * h), exp(mpf("0.005")), z, list(z)
    while max(M * y) > 0 and max(y) < 1000:
        y = step * y
        most = [max(a, grown * b) for a, b in zip(most, y)]
    note("region", all(x < held or x == held == 0 for x, held in zip(most, box)))
    for k in range(m, n):
        turned = sum(gain(k, j) * norm[j] * X[m + k, j] for j in range(m))
        turned += sum(kernel.D(near(k, j)) * X[m + k, m + j] for j in range(n) if j != k)
        note(f"drift[{k - m}]", turned < margin[k])
wrong = 0
for name in sys.argv[1:]:
    file = json.load(open(name), parse_float=mpf, parse_int=mpf)
    for found in file["certificates"]:
        failed.clear()
        known = {"certified": comparison, "orthonormal": theorem_a}.get(found.get("form", found["bound"]))
        known(file["inputs"], found) if known else note("Theorems B and C are not checked here", False)
        print(f"{name}: {found['bound']}:", "not confirmed: " + ", ".join(failed) if failed else "confirmed")
        wrong += len(failed)
sys.exit(wrong > 0)
