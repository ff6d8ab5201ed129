"""The same quantities from NumPy and SciPy alone."""

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm


def pair(theta, b, b2):
    """D and L of two unit nodes by one-dimensional quadrature over the first pre-activation."""
    rho, sine = np.cos(theta), np.sin(theta)
    gate = lambda x: norm.pdf(x) * norm.cdf((rho * x - b2) / sine)  # noqa: E731

    def activation(x):
        mean = rho * x - b2
        return (x - b) * norm.pdf(x) * (mean * norm.cdf(mean / sine) + sine * norm.pdf(mean / sine))

    return tuple(
        quad(f, b, b + 40, epsabs=1e-15, epsrel=1e-12, limit=400, points=[b + 1, b + 4])[0] for f in (gate, activation)
    )


def arc_cosine(W, W_star):
    """D and L of unit nodes with zero thresholds (Cho and Saul, 2009)."""
    rho = np.clip(W.T @ W_star, -1, 1)
    theta = np.arccos(rho)
    return (np.pi - theta) / (2 * np.pi), (np.sin(theta) + (np.pi - theta) * rho) / (2 * np.pi)


def overlaps(W, W_star, b, b_star):
    """D and L of nodes of any norm, entry by entry."""
    n, m = W.shape[1], W_star.shape[1]
    D, L = np.zeros((n, m)), np.zeros((n, m))
    for j in range(n):
        for k in range(m):
            r, s = np.linalg.norm(W[:, j]), np.linalg.norm(W_star[:, k])
            rho = np.clip(W[:, j] @ W_star[:, k] / (r * s), -1, 1)
            if rho > 1 - 1e-14 and np.isclose(b[j] / r, b_star[k] / s):
                t = b[j] / r
                D[j, k], L[j, k] = norm.sf(t), (1 + t * t) * norm.sf(t) - t * norm.pdf(t)
            else:
                D[j, k], L[j, k] = pair(np.arccos(rho), b[j] / r, b_star[k] / s)
            L[j, k] *= r * s
    return D, L


def velocity(W, V, W_star, V_star, b, projection=True):
    """dW/dt and dV/dt from the overlaps above, with unit nodes where the flow is projected."""
    norms = np.linalg.norm(W, axis=0) if projection else np.ones(W.shape[1])
    U = W / norms
    thresholds = [np.full(nodes.shape[1], b) for nodes in (U, W_star)]
    D, L = overlaps(U, U, thresholds[0], thresholds[0])
    D_star, L_star = overlaps(U, W_star, *thresholds)
    force = W_star @ (D_star * (V @ V_star.T)).T - U @ (D * (V @ V.T)).T
    if projection:
        force = norms * (force - U * np.sum(U * force, axis=0))
    return force, L_star @ V_star - L @ V


def loss(W, V, W_star, V_star, b):
    """The population loss of unit nodes."""
    ours, theirs = np.full(W.shape[1], b), np.full(W_star.shape[1], b)
    own, cross, star = (
        overlaps(*parts)[1]
        for parts in ((W, W, ours, ours), (W, W_star, ours, theirs), (W_star, W_star, theirs, theirs))
    )
    return 0.5 * (np.sum(own * (V @ V.T)) - 2 * np.sum(cross * (V @ V_star.T)) + np.sum(star * (V_star @ V_star.T)))
