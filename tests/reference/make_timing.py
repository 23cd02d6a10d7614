"""Make timing.json: clocks and light between a turning Earth and satellites, with 40 digits.

    python tests/reference/make_timing.py

Allan deviations by their double sums. Ratios of modified to plain variances by their integrals
over the spectrum of power-law noise (D. W. Allan and J. A. Barnes, 1981; W. J. Riley, NIST SP
1065). Light times as roots of |r(t + τ) − r(t)| = c τ between a circular orbit and a circle of
latitude; frequency ratios and accelerations as derivatives of those; the delay by gravity as an
integral along the line.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

from mpmath import cos, diff, findroot, mp, mpf, pi, quad, sin, sqrt

mp.dps = 40
C = mpf(299792458)
GM = mpf("3.986004418e14")
J2 = mpf("1.0826298e-3")
OMEGA = mpf("7.292115146706979e-5")
RADIUS = mpf(6378137)
GEOID_RATE = mpf("6.969290134e-10")

SERIES = [
    float(((7 * i * i + 3 * i * (i % 5) + 11) % 101) / mpf(101) + mpf(i * i) / 700)
    for i in range(40)
]
"""Forty time errors without a pattern, and some drift."""


def allan(x, m):
    x = [mpf(v) for v in x]
    n = len(x)
    total = sum((x[i + 2 * m] - 2 * x[i + m] + x[i]) ** 2 for i in range(n - 2 * m))
    return sqrt(total / (2 * m**2 * (n - 2 * m)))


def modified(x, m):
    x = [mpf(v) for v in x]
    n = len(x)
    total = mpf(0)
    for j in range(n - 3 * m + 1):
        inner = sum(x[i + 2 * m] - 2 * x[i + m] + x[i] for i in range(j, j + m))
        total += inner**2
    return sqrt(total / (2 * mpf(m) ** 4 * (n - 3 * m + 1)))


def ratio(exponent):
    """Modified over plain variance of S(f) = f^exponent, many samples averaged."""

    def plain(u):
        return sin(u) ** 4 * u ** (exponent - 2)

    def smooth(u):
        return sin(u) ** 6 * u ** (exponent - 4)

    def whole(f, tail):
        """Quadrature over some periods; beyond them the mean of the sine's power."""
        far = 400
        near = quad(f, [k * pi for k in range(far + 1)])
        return near + tail(far * pi)

    mean4, mean6 = mpf(3) / 8, mpf(5) / 16
    return whole(smooth, lambda u: mean6 * u ** (exponent - 3) / (3 - exponent)) / whole(
        plain, lambda u: mean4 * u ** (exponent - 1) / (1 - exponent)
    )


class Scene:
    """A circular orbit over a station on the turning Earth."""

    def __init__(self, height, inclination, phase, latitude, longitude):
        self.a = RADIUS + mpf(height)
        self.rate = sqrt(GM / self.a**3)
        self.i = mpf(inclination) * pi / 180
        self.phase = mpf(phase) * pi / 180
        self.latitude = mpf(latitude) * pi / 180
        self.longitude = mpf(longitude) * pi / 180

    def satellite(self, t):
        u = self.phase + self.rate * t
        return [
            self.a * cos(u),
            self.a * sin(u) * cos(self.i),
            self.a * sin(u) * sin(self.i),
        ]

    def station(self, t):
        turn = self.longitude + OMEGA * t
        level = RADIUS * cos(self.latitude)
        return [level * cos(turn), level * sin(turn), RADIUS * sin(self.latitude)]

    def range(self, t):
        return length(minus(self.satellite(t), self.station(t)))


def minus(a, b):
    return [x - y for x, y in zip(a, b, strict=True)]


def length(a):
    return sqrt(sum(x * x for x in a))


def velocity(place, t):
    return [diff(lambda s, k=k: place(s)[k], t) for k in range(3)]


def flight(sender, receiver, t):
    start = length(minus(receiver(t), sender(t))) / C
    return findroot(lambda tau: length(minus(receiver(t + tau), sender(t))) - C * tau, start)


def rate(place, t):
    r, v = place(t), velocity(place, t)
    radius = length(r)
    flat = (3 * (r[2] / radius) ** 2 - 1) / 2
    potential = GM / radius * (1 - J2 * (RADIUS / radius) ** 2 * flat)
    return GEOID_RATE - (length(v) ** 2 / 2 + potential) / C**2


def ratio_minus_one(sender, receiver):
    """Received over sent frequency by counting: what leaves in dτ arrives in dτ'."""
    slope = 1 + diff(lambda t: flight(sender, receiver, t), mpf(0))
    arrival = flight(sender, receiver, mpf(0))
    return (1 + rate(sender, mpf(0))) / ((1 + rate(receiver, arrival)) * slope) - 1


def gravity_delay(near, far):
    line = minus(far, near)

    def inverse(s):
        return 1 / length([p + s * d for p, d in zip(near, line, strict=True)])

    return 2 * GM / C**3 * length(line) * quad(inverse, [0, 1])


def floats(values):
    return [float(v) for v in values]


def light_case(height, inclination, phase, latitude, longitude):
    scene = Scene(height, inclination, phase, latitude, longitude)
    zero = mpf(0)
    up = flight(scene.station, scene.satellite, zero)
    down = flight(scene.satellite, scene.station, zero)
    return {
        "station_m": floats(scene.station(zero)),
        "station_velocity_m_s": floats(velocity(scene.station, zero)),
        "satellite_m": floats(scene.satellite(zero)),
        "velocity_m_s": floats(velocity(scene.satellite, zero)),
        "up_s": float(up),
        "down_s": float(down),
        "asymmetry_s": float(up - down),
        "range_m": float(scene.range(zero)),
        "range_rate_m_s": float(diff(scene.range, zero)),
        "range_acceleration_m_s2": float(diff(scene.range, zero, 2)),
        "clock_rate": float(rate(scene.satellite, zero)),
        "shapiro_s": float(gravity_delay(scene.station(zero), scene.satellite(zero))),
        "arrival_m": floats(scene.station(down)),
        "arrival_velocity_m_s": floats(velocity(scene.station, down)),
        "frequency_ratio_minus_1": float(ratio_minus_one(scene.satellite, scene.station)),
    }


def comb_case(loss_db, width, repetition, update):
    photons = mpf(10) ** (-mpf(loss_db) / 10) / (mpf("6.62607015e-34") * C / mpf("1550e-9"))
    photons *= mpf(width) * mpf(repetition) / mpf(update)
    sigma = mpf(width) / (2 * sqrt(2 * mp.log(2))) / sqrt(photons)
    return {
        "loss_db": loss_db,
        "pulse_width_s": width,
        "repetition_rate_hz": repetition,
        "update_rate_hz": update,
        "photons": float(photons),
        "noise_s": float(sigma),
    }


def light_cases():
    orbits = [(500000, 12), (20200000, 60), (35786000, 70)]
    views = [(-1, 0, 0), (-0.4, 10, 3), (0.3, -5, -6), (0.9, 3, 2)]
    for (height, spread), inclination, (step, latitude, longitude) in product(
        orbits, [0.05, 51.6, 97.4], views
    ):
        yield light_case(height, inclination, step * spread, latitude, longitude)


def comb_cases():
    for loss, width, (repetition, update) in product(
        [0, 60, 70, 89, 100, 200], [0.3e-12, 1e-12], [(250e6, 2.5e3), (100e6, 1e3)]
    ):
        yield comb_case(loss, width, repetition, update)


def main():
    parts = {
        "series": SERIES,
        "allan": [[m, float(allan(SERIES, m))] for m in range(1, 20)],
        "modified": [[m, float(modified(SERIES, m))] for m in range(1, 14)],
        "ratios": [[exponent, float(ratio(exponent))] for exponent in (0, -1, -2)],
        "light": list(light_cases()),
        "combs": list(comb_cases()),
    }
    blocks = []
    for name, cases in parts.items():
        lines = ",\n".join(json.dumps(case) for case in cases)
        blocks.append(f'"{name}": [\n{lines}\n]')
    text = "{\n" + ",\n".join(blocks) + "\n}\n"
    Path(__file__).with_name("timing.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
