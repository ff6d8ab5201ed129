"""Checks certificates of luckflow with mpmath: check_certificate.py FILE…
The file: docs/certificates.md. The formulas: docs/theory.md, section 5 (Theorems A, B and D), section 6 (matrix M and
Theorem C); names are those of the formulas."""
import json, sys
from mpmath import mp, mpf, pi, sqrt, sin, cos, asin, acos, exp, tan, erfc, hypot, quad, matrix, inf
mp.dps, failed, tiny = 25, [], mpf(10) ** -13
def note(item, fine): failed.extend([] if fine else [item])
def table(item, claimed, least): note_all(item, claimed, lambda i, k: claimed[i][k] >= least(i, k))
def note_all(item, rows, fine):
    for i, k in ((i, k) for i in range(len(rows)) for k in range(len(rows[i])) if i != k):
        note(f"{item}[{i}][{k}]", fine(i, k))
def sinc(t): return sin(t) / t if t else mpf(1)
def dot(u, v): return sum(x * y for x, y in zip(u, v))
def norm(v): return sqrt(dot(v, v))
def spectrum(n, entry): return list(mp.eigsy(matrix([[entry(i, k) for k in range(n)] for i in range(n)]), True))
def column(n, k, entry): return norm([entry(i, k) for i in range(n) if i != k])  # without the diagonal's entry
def unit(rows): return [[x / norm(w) for x in w] for w in rows]
def angles(W): return [[acos(max(-1, min(1, dot(u, v)))) if u is not v else mpf(0) for v in W] for u in W]
def tangents(w):  # an orthonormal basis of what is at right angles to w: a reflection that takes w to an axis
    top = max(range(len(w)), key=lambda i: abs(w[i]))
    u = [x + (mp.sign(w[top]) if i == top else 0) for i, x in enumerate(w)]
    return [[(i == a) - 2 * u[i] * u[a] / dot(u, u) for i in range(len(w))] for a in range(len(w)) if a != top]
def reached(x, f, q, lam):  # the largest value of a solution of x' <= -q x + f e^(-lam t)
    if not q > 0: return inf
    lam = min(lam, q * (1 - mpf(10) ** -6))
    k = f / (q - lam)
    return x if f <= q * x else f / q * (q * (k - x) / (lam * k)) ** (-lam / (q - lam))
class Kernel:  # D and L of two nodes with threshold b, by their angle t; slope = -dD/dt, density = dD/d cos t
    def __init__(self, b):
        self.b, self.Q, self.phi, self.known = b, erfc(b / sqrt(2)) / 2, exp(-b * b / 2) / sqrt(2 * pi), {}
        self.convex = abs(b) >= sqrt(2) - 1
    def slope(self, t): return exp(-self.b ** 2 / 2 / cos(t / 2) ** 2) / (2 * pi)
    def density(self, t): return self.slope(t) / sin(t) if t > 0 else inf
    def D(self, t):
        t = min(max(t, mpf(0)), +pi)
        if t not in self.known:
            self.known[t] = max(0, 2 * self.Q - 1) + quad(self.slope, [t, pi]) if self.b else (pi - t) / (2 * pi)
        return self.known[t]
    def L(self, t):
        beyond = erfc(self.b * tan(t / 2) / sqrt(2)) / 2
        return (self.b ** 2 + cos(t)) * self.D(t) - 2 * self.b * self.phi * beyond + self.slope(t) * sin(t)
    def chord(self, near, far): return (self.D(near) - self.D(far)) / (cos(near) - cos(far))
    def H(self, far, near): return min(self.density(near), self.chord(near, far) if near < far else inf)
    def densities(self, near, far):  # least and largest: at the ends, and at the roots of r^2 + (1 - b^2) r + b^2
        p = self.b ** 2
        roots = [(p - 1 + i * sqrt(max(0, (1 - p) ** 2 - 4 * p))) / 2 for i in (1, -1)] if p < 1 else []
        inner = [acos(r) for r in roots if cos(far) < r < cos(near)]
        found = [self.density(t) for t in [near, far] + inner]
        return min(found), max(found)
    def chords(self, t, margin):  # bounds on all chord slopes from the angle t to angles within a margin of it
        near, far = max(t - margin, mpf(0)), min(t + margin, +pi)
        least, most = self.densities(near, far)
        if near == far: return least, most
        if self.convex: return self.chord(t, far), min(most, self.chord(near, t))
        if self.b: return least, most
        ends = [self.chord(near, t), self.chord(t, far)]
        return ends[1] if far <= pi / 2 else ends[0] if near >= pi / 2 else least, min(most, max(ends))
class Ball:  # the region of Theorems A and B: sum of d_j^2 <= R^2, all angles at most theta
    def __init__(self, given, c):
        self.kernel, self.W, b = Kernel(given["threshold"]), unit(given["teacher"]), c["bounds"]
        self.m, self.A, self.R, held = len(self.W), angles(self.W), c["radius"], 2 * asin(c["radius"] / 2)
        self.theta, R, kernel = min(c["largest_angle"], held), c["radius"], self.kernel
        self.pair, self.d = min(2 * self.theta, 4 * asin(R / sqrt(8))), 2 * sin(self.theta / 2)
        self.e = min(R ** 2 / 2, self.d ** 2)
        self.a, self.gamma = 1 - self.e, lambda j, k: dot(self.W[j], self.W[k])
        self.wide = lambda j, k, margin: max(0, min(self.A[j][k], pi - self.A[j][k]) - margin)
        self.pairs = [(j, k) for j in range(self.m) for k in range(self.m) if j != k]
        self.row = lambda f: max(column(self.m, j, lambda k, j: f(j, k)) for j in range(self.m))
        begin = given["angles"] if "angles" in given else [given["angle"]] * self.m
        note("radius", 1 >= R >= norm([2 * sin(t / 2) for t in begin]))
        note("bounds.pull", b["pull"] <= kernel.D(self.theta) * sinc(self.theta))
        steep = max([kernel.density(self.wide(j, k, self.pair)) for j, k in self.pairs], default=0)
        op = sqrt(max(spectrum(self.m, self.gamma)))
        push = self.row(lambda j, k: kernel.D(self.A[j][k] - self.pair)) + steep * op
        note("bounds.push", b["push"] >= push)
        fits = c["largest_angle"] > reached(max(begin), b["push"] * R, b["pull"], c["rate"])
        note("largest_angle", fits or c["largest_angle"] >= held * (1 - mpf(10) ** -12))
    def steepest(self):  # max H(|gamma|, |gamma| + e/a)
        far = [self.wide(j, k, 0) for j, k in self.pairs]
        return max([self.kernel.H(t, acos(min(1, cos(t) + self.e / self.a))) for t in far], default=0)
    def bent(self, less=0):
        return self.row(lambda j, k: self.gamma(j, k) * max(0, self.kernel.density(self.wide(j, k, self.pair)) - less))
    def profile(self, own, pieces, loss, slope=0, cost=0):  # the least over how the error may be spread over the nodes
        kappa, least, end = [inf], inf, acos(1 / sqrt(self.m))
        for i in range(pieces):
            kappa.append(min(kappa[-1], own(self.theta * i / pieces, self.theta * (i + 1) / pieces)))
        angle = lambda share: min(2 * asin(self.R * share / 2), self.theta) if self.theta else 0
        at = lambda share: kappa[max(1, int(mp.ceil(angle(share) / self.theta * pieces)))]
        for lo, hi in ((end * i / 1000, end * (i + 1) / 1000) for i in range(1000)):
            main = at(cos(lo)) * cos(lo) ** 2 + at(min(cos(lo), sin(hi))) * sin(lo) ** 2
            ahead, product = cos(hi) * sqrt(1 - self.R ** 2 / 4) - sin(hi), min(cos(lo) * sin(hi), 0.5) * self.R
            gain = max(0, sqrt(slope) * max(0, ahead) - sqrt(cost) * product) ** 2
            least = min(least, main - loss * (1 - cos(hi) ** 4 - sin(lo) ** 4 / (self.m - 1)) + gain)
        return least
def theorem_a(given, c):
    s, b = Ball(given, c), c["bounds"]
    kernel, right = s.kernel, pi / 2
    if s.m == 1: return note("rate", 0 < c["rate"] <= cos(s.theta / 2) ** 2 * kernel.D(s.theta))
    note("form", all(abs(s.gamma(j, k)) < tiny for j, k in s.pairs))
    note("bounds.squares", b["squares"] >= kernel.Q ** 2 / 16 * min(s.R, s.d * (1 + s.R)) ** 2)
    note("bounds.pairs", b["pairs"] >= kernel.H(right, acos(s.e / s.a)) * s.R ** 2 / (8 * s.a))
    note("bounds.slope", b["slope"] <= s.a * kernel.chords(right, s.pair)[0])
    note("bounds.cost", b["cost"] >= kernel.slope(right) * (s.a + 1 + 1 / (4 * s.a)))
    def own(lo, hi):
        bracket = kernel.D(hi) - kernel.Q ** 2 - cos(lo) * kernel.H(right, right - hi)
        return bracket * cos((hi if bracket > 0 else lo) / 2) ** 2
    note("rate", 0 < c["rate"] <= s.profile(own, 1000, b["pairs"], b["slope"], b["cost"]) - b["squares"])
def theorem_b_split(given, c):
    s, b = Ball(given, c), c["bounds"]
    kernel, q1, low = s.kernel, b["linear"], b["least"]
    far = min(+pi, max([s.A[j][k] for j, k in s.pairs], default=0) + s.pair)
    note("bounds.linear", 0 <= q1 <= kernel.densities(mpf(0), max(far, pi / 2))[0])
    K = lambda j, k: kernel.D(s.A[j][k]) - q1 * s.gamma(j, k)
    note("bounds.least", low <= min(spectrum(s.m, K)))
    note("bounds.pairs", b["pairs"] >= max(0, s.steepest() - q1) * s.R ** 2 / (8 * s.a))
    losses = ((kernel.Q - q1 - low) / 16 + q1 / 4) * s.R ** 2 + s.R / 2 * s.bent(q1)
    note("bounds.losses", b["losses"] >= losses)
    def loss(j, lo, hi):
        others = [k for k in range(s.m) if k != j]
        h = [max(0, kernel.H(s.wide(j, k, 0), s.wide(j, k, hi)) - q1) for k in others]
        gram = lambda x, y: sqrt(h[x] * h[y]) * s.gamma(others[x], others[y])
        most, along = max(spectrum(s.m - 1, gram)), sum(x * s.gamma(j, k) ** 2 for x, k in zip(h, others))
        return min(most, (cos(lo / 2) * sqrt(most) + sin(hi / 2) * sqrt(along)) ** 2)
    def own(lo, hi):
        bracket = low - kernel.Q + kernel.D(hi) + q1 * (1 - cos(hi))
        return bracket * cos((hi if bracket > 0 else lo) / 2) ** 2 - cos(lo) * max(loss(j, lo, hi) for j in range(s.m))
    note("rate", 0 < c["rate"] <= s.profile(own, 48, b["pairs"]) - b["losses"])
def blocks(sizes, block):  # a symmetric matrix from its blocks (i, k), k <= i
    place = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    F = matrix(place[-1], place[-1])
    for i, k in ((i, k) for i in range(len(sizes)) for k in range(i + 1)):
        for x, y in ((x, y) for x in range(sizes[i]) for y in range(sizes[k])):
            F[place[i] + x, place[k] + y] = F[place[k] + y, place[i] + x] = block(i, k, x, y)
    return F
def theorem_b_comparison(given, c):
    s, b, (w, w1, w2) = Ball(given, c), c["bounds"], c["splits"]
    kernel, m, R, a, against, towards = s.kernel, s.m, s.R, s.a, b["against"], b["towards"]
    D = lambda j, k: kernel.D(s.A[j][k])
    note("splits", all(0 < x <= 1 for x in (w, w1, w2)))
    note("bounds.least", b["least"] <= min(spectrum(m, D)))
    note("bounds.own", b["own"] <= b["least"] - (kernel.Q - kernel.D(s.theta)))
    steps = [s.theta * i / 16 for i in range(17)]
    steep = lambda j, k: max(cos(lo) * kernel.chords(s.A[j][k], hi)[1] for lo, hi in zip(steps, steps[1:]))
    table("bounds.against", against, steep)
    note_all("bounds.towards", towards, lambda j, k: towards[j][k] <= a * kernel.chords(s.A[j][k], s.pair)[0])
    C, most = lambda j, k: D(j, k) - (b["least"] if j == k else 0), lambda rows: max(max(row) for row in rows)
    bound = lambda j, k: abs(C(j, k)) * (cos(s.wide(j, k, s.pair)) if j != k else 1)
    q = min(C(0, 0) * R ** 2, s.d ** 2 * max(spectrum(m, bound)))
    eps, nu = R * sqrt((1 - mpf(1) / m) / 2), s.row(s.gamma) * min(R, s.d) / sqrt(2)
    note("bounds.cost", b["cost"] >= s.steepest() * eps ** 2 / (4 * a) + R / 2 * s.bent() + q / 16)
    prices = [most(towards) * ((1 + 1 / (2 * a)) * eps + nu) ** 2, 9 * q / 16, most(against) * nu ** 2 / 2]
    note("bounds.prices", all(x >= y * (1 - mpf(10) ** -9) for x, y in zip(b["prices"], prices)))
    price = [max(x, y) for x, y in zip(b["prices"], prices)]
    cost = b["cost"] + price[0] * (1 / w - 1) + price[1] * (1 / w1 - 1) + price[2] * (1 + 1 / w2)
    T = [tangents(u) for u in s.W]
    seen = lambda j, k, x: dot(T[j][x], s.W[k])
    g = lambda j, k: (1 - w) * min(towards[j][k], towards[k][j])
    def block(j, k, x, y):
        if j != k: return (1 - w1) * C(j, k) * dot(T[j][x], T[k][y]) + g(j, k) * seen(j, k, x) * seen(k, j, y)
        pairs = ((g(j, l) - (1 + w2) * against[j][l]) * seen(j, l, x) * seen(j, l, y) for l in range(m) if l != j)
        return (b["own"] + (1 - w1) * C(j, j)) * (x == y) + sum(pairs)
    F = blocks([len(t) for t in T], block)
    least = min([b["own"]] + list(mp.eigsy(F, True)))
    note("rate", 0 < c["rate"] <= least * (cos(s.theta / 2) ** 2 if least > 0 else 1) - cost)
def positive(rows):  # whether Cholesky's method goes through
    L = []
    for i, row in enumerate(rows):
        L.append([])
        for j in range(i): L[i].append((row[j] - dot(L[i], L[j][:j])) / L[j][j])
        left = row[i] - dot(L[i], L[i])
        if not left > 0: return False
        L[i].append(sqrt(left))
    return True
def flow(kernel, T, W):  # F and Hess l on tangents, with Q along the nodes
    m, k = len(W), len(W[0])
    F, H = [[mpf(0)] * k for _ in W], [[mpf(0)] * (m * k) for _ in range(m * k)]
    for j, w in enumerate(W):
        for i, (u, sign) in enumerate([(u, 1) for u in W] + [(u, -1) for u in T]):
            if i == j: continue
            rho = dot(w, u)
            t = acos(max(-1, min(1, rho)))
            D, p, q = kernel.D(t), [y - rho * x for x, y in zip(w, u)], [x - rho * y for x, y in zip(w, u)]
            bend = kernel.slope(t) / norm(p) if norm(p) > 0 else 0
            F[j] = [f - sign * D * x for f, x in zip(F[j], p)]
            for a in range(k):
                for b in range(k):
                    H[j * k + a][j * k + b] += sign * (bend * p[a] * p[b] - D * rho * ((a == b) - w[a] * w[b]))
                    if i < m:
                        turned = (a == b) - w[a] * w[b] - u[a] * u[b] + rho * w[a] * u[b]
                        H[j * k + a][i * k + b] += D * turned + bend * p[a] * q[b]
        for a in range(k):
            for b in range(k): H[j * k + a][j * k + b] += kernel.Q * w[a] * w[b]
    return F, H
def entry(given, c):
    kernel, T, U = Kernel(given["threshold"]), unit(given["teacher"]), unit(given["start"])
    m, x, r, ends = len(T), kernel.b ** 2 / 2, mpf(0), [pi * i / 1000 for i in range(1001)]
    steep = 0 if x == 0 else max(x, 1) * exp(-max(x, 1))
    bend = (4 * exp(-x) + 2 * steep) / (2 * pi)
    bend += max(max(sin(a), sin(b) if b < pi / 2 + tiny else 0) * kernel.D(a) for a, b in zip(ends, ends[1:]))
    for i, (h, least) in enumerate(zip(c["steps"], c["least"])):
        F, H = flow(kernel, T, U)
        size, flat = len(H), [x for row in F for x in row]
        shifted = [[H[a][b] - (least if a == b else 0) for b in range(size)] for a in range(size)]
        note(f"least[{i}]", positive(shifted))
        A = [-dot(row, flat) for row in H]
        f, pushed = [norm(row) for row in F], norm(A)
        whole = sqrt(sum(dot(row, row) for row in H) - m * kernel.Q ** 2)
        wide, most = r * mpf("1.2") + mpf(10) ** -9, pushed * mpf("1.3") + mpf(10) ** -9
        for _ in range(20):
            g = [v + h * most for v in f]
            a = [h * v + wide for v in g]
            kappa = bend * max((3 * m - 4) * v + 2 * sum(a) for v in a)
            turned = [sum((v + u) ** 2 for k, u in enumerate(g) if k != j) + m * v ** 2 for j, v in enumerate(g)]
            J = (bend * norm(turned) + (whole + kappa) * pushed) / (1 - h * (whole + kappa))
            if pushed + h * J < most: break
            most = (pushed + h * J) * mpf("1.1")
        grown = exp(h * (kappa - least))
        note(f"steps[{i}]", 0 < h * (whole + kappa) < 1 and pushed + h * J < most and r * max(1, grown) < wide < 1)
        A = [A[j * len(F[0]):(j + 1) * len(F[0])] for j in range(m)]
        Y = [[w + h * v + h * h / 2 * (y - f[j] ** 2 * w) for w, v, y in zip(U[j], F[j], A[j])] for j in range(m)]
        U = unit(Y)
        third = J + norm([v ** 3 for v in g]) + 3 * max(g) * (pushed + h * J)
        missed = sqrt(sum((x - y) ** 2 for u, v in zip(U, Y) for x, y in zip(u, v)))
        r = r * grown + 2 * asin((missed + h ** 3 / 6 * third) / 2)
    note("time", c["time"] >= sum(c["steps"]))
    note("tube", c["tube"] >= r)
    for j in range(m): note(f"angles[{j}]", c["angles"][j] >= acos(min(1, dot(U[j], T[j]))) + r)
def comparison(given, c):
    kernel, V, z = Kernel(given["threshold"]), given["fan_out"], matrix(given["angles"] + given["errors"])
    m, n, A, box = len(V), len(given["errors"]), angles(unit(given["teacher"] + given["extra"])), c["region"]
    margin, error, N = box[:m] + c["drift"], box[m:], [norm(v) for v in V]
    near = lambda j, k: max(0, A[j][k] - margin[j] - margin[k])
    gain = lambda j, k: hypot(kernel.D(near(j, k)), kernel.slope(near(j, k)))
    def largest(x, y, depth=10):  # sup of sin t D(t): at an end where it is monotone, else of halves
        if y <= pi / 2 and cos(y) * kernel.D(y) >= sin(y) * kernel.slope(x): return sin(y) * kernel.D(y)
        if x >= pi / 2 or cos(x) * kernel.D(x) <= sin(x) * kernel.slope(y): return sin(x) * kernel.D(x)
        if not depth: return kernel.D(x) * (1 if x < pi / 2 < y else max(sin(x), sin(y)))
        return max(largest(x, (x + y) / 2, depth - 1), largest((x + y) / 2, y, depth - 1))
    def steepest(j, k):
        return largest(near(j, k), min(A[j][k] + margin[j] + margin[k], +pi)) if j != k else largest(mpf(0), margin[j])
    def entry(i, k):
        if i < m and k < m:
            own = -kernel.D(box[i]) * sinc(box[i]) * (N[i] ** 2 - N[i] * error[i])
            return own if i == k else gain(i, k) * (abs(dot(V[i], V[k])) + N[k] * error[i])
        if i < m: return kernel.D(near(i, k - m)) * (N[i] + error[i]) if k - m != i else 0
        return steepest(i - m, k) * N[k] if k < m else -kernel.L(0) if i == k else kernel.L(near(i - m, k - m))
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
        turned = sum(gain(k, j) * N[j] * X[m + k, j] for j in range(m))
        turned += sum(kernel.D(near(k, j)) * X[m + k, m + j] for j in range(n) if j != k)
        note(f"drift[{k - m}]", turned < margin[k])
class Joint:  # the region of Theorem C, and suprema over it
    def __init__(self, given, c):
        self.kernel, self.V = Kernel(given["threshold"]), given["fan_out"]
        self.W = unit(given["teacher"] + given["extra"])
        self.m, self.n, self.c, self.A, self.b = len(self.V), len(self.W), c, angles(self.W), c["bounds"]
        self.R, self.error, self.extra = c["radius"], c["largest_error"], c["largest_extra"]
        self.angles, self.errors, held = given["angles"], given["errors"], 2 * asin(c["radius"] / 2)
        self.inside = c["largest_angle"] >= held * (1 - mpf(10) ** -12)  # the ball holds the angles
        self.theta, m, R = min(c["largest_angle"], held), self.m, self.R
        B = [[dot(u, v) for v in self.V] for u in self.V]
        straight = all(abs(B[j][k]) <= tiny * max(B[i][i] for i in range(m)) for j in range(m) for k in range(j))
        self.B = [[x if j == k or not straight else mpf(0) for k, x in enumerate(row)] for j, row in enumerate(B)]
        self.straight, self.N = straight, [sqrt(B[j][j]) for j in range(m)]
        self.v_op = sqrt(max(spectrum(m, lambda j, k: B[j][k])))
        self.rho = lambda i, k: dot(self.W[i], self.W[k])
        self.w_op, self.w_star_op = (sqrt(max(spectrum(size, self.rho))) for size in (self.n, m))
        self.cos2, self.share = cos(self.theta / 2) ** 2, c["share"]
        self.Q2 = self.kernel.Q ** 2 if self.share else mpf(0)
        self.d = min(2 * sin(self.theta / 2), R)
        self.Ru = min(R, sqrt(m) * self.d)
        self.moved, self.D4, self.au = hypot(self.Ru, c["drift"]), min(self.Ru, self.d), min(R, sqrt(m) * self.error)
        self.w_bar, self.wu_bar = self.w_op + self.moved, self.w_star_op + self.Ru
        self.d_of = lambda i: self.d if i < m else c["single_drift"]
        self.D0 = lambda i, k: self.kernel.D(self.A[i][k])
        self.uu = [(j, k) for j in range(m) for k in range(m) if j != k]
        self.all_u = [(i, j) for i in range(self.n) for j in range(m) if i != j]
        self.all = [(i, k) for i in range(self.n) for k in range(self.n) if i != k]
    def margin(self, j, k):
        own = lambda i: self.theta if i < self.m else 2 * asin(self.c["single_drift"] / 2)
        both = min(2 * self.theta, 4 * asin(self.R / sqrt(8)))
        return both if j < self.m and k < self.m else own(j) + own(k)
    def near(self, j, k): return max(0, self.A[j][k] - self.margin(j, k))
    def wide(self, j, k): return max(0, min(self.A[j][k], pi - self.A[j][k]) - self.margin(j, k))
    def most(self, name, pairs): return max([self.b[name][i][k] for i, k in pairs], default=mpf(0))
    def columns(self, entry): return max(column(self.n, j, entry) for j in range(self.m))
    def gain(self, i, k): return hypot(self.b["gate"][i][k], self.b["slope"][i][k])
def remainders(s):  # l_eps, r_12, l_W
    b, d, Q2, price, N = s.b, s.d, s.Q2, 1 / s.share - 1 if s.share else 0, max(s.N)
    rest, density = b["rest"], b["density"]
    v_n, w_n = min((s.v_op + s.au) * s.wu_bar * s.D4, (N + s.error) * s.Ru), min(s.v_op * s.w_star_op * s.D4, N * s.Ru)
    defect = s.au + v_n / 2
    single = spectrum(s.n, lambda i, k: rest[i][k] * (s.d_of(i) + s.d_of(k)) if i != k else 0)
    of_errors = min(2 * s.most("rest", s.all) * (s.w_op + s.moved / 2) * s.moved, max(single))
    of_errors += 2 * Q2 * price * s.moved ** 2
    off, bent = lambda i, j: abs(s.D0(i, j) - Q2), lambda i, j: rest[i][j] * cos(s.wide(i, j))
    z = s.most("density", s.all_u) * (2 * max(d, s.c["single_drift"]) + 1.5 * d) * s.w_bar
    z += s.columns(lambda i, j: off(i, j) * s.rho(i, j)) * s.D4 + s.columns(bent) * s.D4 / 2
    z += 2 * max([off(i, j) for i, j in s.all_u], default=0) * s.moved
    whole = s.v_op * (z + s.most("rest", s.uu) * s.Ru + s.most("density", s.uu) * d * s.wu_bar)
    whole += s.most("rest", s.all_u) * s.w_bar * s.au
    def Z(i, j):
        if i == j: return mpf(0)
        entry = density[i][j] * (2 * s.d_of(i) + 1.5 * d) + off(i, j) * (d * abs(s.rho(i, j)) + 2 * s.d_of(i))
        entry += bent(i, j) * d / 2 + ((rest[i][j] + density[i][j]) * d if i < s.m else 0)
        return s.N[j] * entry + s.error * rest[i][j]
    entries = max(spectrum(s.m, lambda j, k: sum(Z(i, j) * Z(i, k) for i in range(s.n))))
    def Y(j, k):
        if j == k: return mpf(0)
        t, g, nominal, phi = s.A[j][k], abs(s.rho(j, k)), s.kernel.density(s.A[j][k]), density[j][k]
        least, most = s.kernel.densities(max(t - s.margin(j, k), mpf(0)), min(t + s.margin(j, k), +pi))
        change = max(most - nominal, nominal - least)
        entry = 2 * d * phi + rest[j][k] * (1.5 * d + d * d / 2) + change + nominal * (d + d * g / 2)
        return abs(s.B[j][k]) * (entry + phi * d * (2 * g + d) / 2)
    r22 = mpf(0) if s.straight else max(spectrum(s.m, lambda j, k: (Y(j, k) + Y(k, j)) / 2))
    of_weights = Q2 * (2 * price * (w_n / 2 + defect / 2) ** 2 + defect ** 2 / 4) + r22
    return of_errors, min(whole, sqrt(entries)) / 2, of_weights
def lambda_c(s):  # the least eigenvalue of the form on eps along the rows of V*, and on tangents t_j cos(theta/2)
    b, mu, lin, m, n = s.b, s.c["split"], s.share * s.Q2, s.m, s.n
    of_errors, of_weights = b["of_errors"] + b["mixed"] * mu, (b["of_weights"] + b["mixed"] / mu) / s.cos2
    values, axes = mp.eigsy(matrix(s.B))
    v = [[axes[j, a] * sqrt(max(values[a], 0)) for a in range(m)] for j in range(m)]
    eps = lambda i, k: s.kernel.L(s.A[i][k]) - lin * s.rho(i, k) - (of_errors if i == k else 0)
    T = [tangents(w) for w in s.W[:m]]
    seen = lambda j, i, x: dot(T[j][x], s.W[i])
    def block(i, k, x, y):
        if i < n: return eps(i, k) * (x == y)
        j = i - n
        if k < n: return sqrt(s.cos2) * (s.D0(k, j) - lin) * v[j][y] * seen(j, k, x) if k != j else 0
        if i == k: return s.cos2 * (b["own"][j] - of_weights) * (x == y)
        l = k - n
        form = (s.D0(j, l) - lin) * dot(T[j][x], T[l][y]) + s.kernel.density(s.A[j][l]) * seen(j, l, x) * seen(l, j, y)
        return s.cos2 * s.B[j][l] * form if s.B[j][l] else 0
    outside = lambda j, k: b["own"][j] - of_weights if j == k else s.B[j][k] * (s.D0(j, k) - lin)
    F = blocks([m] * n + [len(t) for t in T], block)
    return min(min(spectrum(n, eps)), s.cos2 * min(spectrum(m, outside)), min(mp.eigsy(F, True)))
def closes(s):  # nothing comes to the region's border
    c, kernel, m, n, d, N, R = s.c, s.kernel, s.m, s.n, s.d, s.N, s.R
    gate, L0 = s.b["gate"], kernel.L(mpf(0))
    lam = min(c["rate"], L0 * (1 - mpf(10) ** -6))
    push_uu = s.most("gate", s.uu) + s.most("density", s.uu)
    off = max(column(m, j, lambda k, j: s.B[j][k]) for j in range(m))
    errors = (max(N) + s.error) * min(s.most("gate", s.all_u) * s.w_bar, s.columns(lambda i, j: gate[i][j]))
    c_theta = hypot(errors, (off + s.error * s.v_op) * push_uu if m > 1 else 0)
    q_theta = min(x * x - x * s.error for x in N) * kernel.D(s.theta) * sinc(s.theta)
    limit = lambda i: s.error if i < m else s.extra
    others = lambda i, size: [k for k in range(size) if k != i]
    def theta_box(j):
        turn = sum(s.gain(j, k) * (abs(s.B[j][k]) + s.error * N[k]) for k in others(j, m)) * s.theta
        return turn + (N[j] + s.error) * sum(gate[k][j] * limit(k) for k in others(j, n))
    first = max(s.angles)
    box = max(first, max(theta_box(j) for j in range(m)) / q_theta) if q_theta > 0 else inf
    note("largest_angle", s.inside or s.theta > min(box, reached(first, c_theta * R, q_theta, lam)))
    curve = lambda i: N[i] * kernel.Q * d / 2 if i < m else mpf(0)
    c_error = lambda i: curve(i) + hypot(norm([s.b["activation"][i][k] for k in others(i, n)] or [mpf(0)]),
                                         s.v_op * max([gate[i][j] for j in others(i, m)], default=0))
    start = lambda i: max(s.errors[:m]) if i < m else s.errors[i]
    def largest(i):
        push = sum(limit(k) * s.b["activation"][i][k] for k in others(i, n))
        push += (sum(gate[i][j] * N[j] for j in others(i, m)) + curve(i)) * d
        return min(max(start(i), push / L0), reached(start(i), c_error(i) * R, L0, lam))
    note("largest_error", s.error >= R or all(s.error > largest(i) for i in range(m)))
    note("largest_extra", s.extra >= R or all(s.extra > largest(i) for i in range(m, n)))
    if m == n: return
    c_p = s.v_op * (sqrt(2 * d / (3 * pi * cos(s.theta / 2))) + d / 2 * sqrt(kernel.Q + kernel.b * kernel.phi))
    bent = (c_p + sqrt(kernel.Q) * s.au) * R / sqrt(2 * lam)
    by_energy = sqrt(kernel.Q / (2 * lam)) * R * (bent + sqrt(bent ** 2 + 2 * R ** 2)) / 2
    push = s.most("gate", s.all_u) + s.most("density", s.all_u)
    together = min(by_energy, hypot(s.w_bar * s.most("gate", s.all), s.v_op * push) * R ** 2 / (2 * lam))
    def single(k):
        x, own, arc = s.errors[k], c_error(k), s.theta / (2 * sin(s.theta / 2)) if s.theta else 1
        every = norm([N[j] * s.gain(k, j) * arc for j in range(m)] + [gate[k][i] for i in others(k, n)])
        ball = every * R * (x + own * R / (2 * lam)) / (L0 + lam)
        if not q_theta > lam: return ball
        def both(y, push):  # the integral of (x + own R t)(y + push R t) e^(-2 lam t)
            return x * y / (2 * lam) + (x * push + y * own) * R / (4 * lam ** 2) + own * push * R ** 2 / (4 * lam ** 3)
        turn = sum(N[j] * s.gain(k, j) for j in range(m)) * both(first, c_theta)
        return min(ball, turn + sum(gate[k][i] * both(start(i), c_error(i)) for i in others(k, n)))
    each = [min(single(k), together) for k in range(m, n)]
    note("drift", c["drift"] > min(together, norm(each)))
    note("single_drift", c["single_drift"] > max(each))
def holds(s, other):  # the other certificate's region, which holds by itself, lies within this one
    if not other: return note("region", False)
    z, m, c = other["region"], s.m, s.c
    cap = lambda found, ball: min(max(found, default=0), ball * (1 - mpf(10) ** -12))
    turned = 2 * sin(max(other["drift"], default=0) / 2) * (1 - mpf(10) ** -11)
    note("largest_angle", c["largest_angle"] >= cap(z[:m], 2 * asin(s.R / 2)))
    note("largest_error", s.error >= cap(z[m:2 * m], s.R))
    note("largest_extra", s.extra >= cap(z[2 * m:], s.R))
    note("drift", c["single_drift"] >= turned and c["drift"] >= turned * sqrt(s.n - m))
def theorem_c(given, c, other):
    s = Joint(given, c)
    b, kernel, Q2 = s.b, s.kernel, s.Q2
    note("share", 0 <= s.share <= 1 and c["split"] > 0)
    note("radius", 1.2 >= s.R >= norm([2 * sin(t / 2) for t in s.angles] + s.errors) and c["single_drift"] <= 0.5)
    table("bounds.gate", b["gate"], lambda i, k: kernel.D(s.near(i, k)))
    table("bounds.rest", b["rest"], lambda i, k: max(0, kernel.D(s.wide(i, k)) - Q2) if Q2 else b["gate"][i][k])
    table("bounds.density", b["density"], lambda i, k: kernel.density(s.wide(i, k)))
    table("bounds.slope", b["slope"], lambda i, k: kernel.slope(s.near(i, k)))
    table("bounds.activation", b["activation"], lambda i, k: kernel.L(s.near(i, k)))
    for name, least in zip(("of_errors", "mixed", "of_weights"), remainders(s)):
        note(f"bounds.{name}", b[name] >= least)
    gate = kernel.D(s.theta) - Q2
    for j, N in enumerate(s.N):
        lost = N * s.error * (kernel.Q - Q2) / (2 * s.cos2)
        own = (N ** 2 - N * s.error) * gate - lost + (1 - s.share) * Q2 * N ** 2
        note(f"bounds.own[{j}]", N > s.error and gate > 0 and b["own"][j] <= own)
    note("rate", 0 < c["rate"] <= lambda_c(s))
    closes(s) if c["region"] == "itself" else holds(s, other)
wrong = 0
forms = {"orthonormal": theorem_a, "split": theorem_b_split, "comparison": theorem_b_comparison}
for name in sys.argv[1:]:
    file = json.load(open(name), parse_float=mpf, parse_int=mpf)
    for way in (c for c in file["certificates"] if c["bound"] == "entry"):
        file["inputs"]["angles"] = way["angles"]  # Theorem 4: the rate holds from there on
    for found in file["certificates"]:
        failed.clear()
        other = next((c for c in file["certificates"] if c["bound"] == "certified"), None)
        if found["bound"] == "entry": entry(file["inputs"], found)
        elif found["bound"] == "certified": comparison(file["inputs"], found)
        elif "form" in found: forms[found["form"]](file["inputs"], found)
        else: theorem_c(file["inputs"], found, other)
        print(f"{name}: {found['bound']}:", "not confirmed: " + ", ".join(failed) if failed else "confirmed")
        wrong += len(failed)
sys.exit(wrong > 0)
