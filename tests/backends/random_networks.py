# SPDX-License-Identifier: BSD-3-Clause
"""Random networks as network files: two groups of neurons with equations of random classes, random input, and synapses of
several kinds, as chains and written whole. Values stay finite by construction.
"""

from __future__ import annotations

import random

RELEASE = ["bernoulli", "quantal_binomial", "stochastic_vesicles", "tsodyks_markram"]
PLASTICITY = {
    "stdp_pair": "w_max", "stdp_nearest": "w_max", "stdp_nearest_pre_centered": "w_max",
    "stdp_nearest_restricted": "w_max", "hebb": "w_max", "bcm": "w_max", "oja": "w_norm", "inhibitory_stdp": "w_max",
}


class Draw(random.Random):
    """Random pieces of text."""

    def chance(self, p: float) -> bool:
        return self.random() < p

    def value(self, low: float, high: float) -> str:
        return f"{self.uniform(low, high):.4g}"

    def number(self, leaves: list[str], depth: int = 3, events: bool = False) -> str:
        """Return an expression without dimension that stays within -3 and 3, whatever the leaves."""
        return f"clip({self.inner(leaves, depth, events)}, -3, 3)"

    def inner(self, leaves: list[str], depth: int, events: bool) -> str:
        def part() -> str:
            return self.inner(leaves, depth - 1, events)

        if depth == 0 or self.chance(0.15):
            if events and self.chance(0.2):
                return self.choice(["rand()", "randn()", "poisson(1.5)", "binomial(5, 0.3)"])
            return self.choice([*leaves, *leaves, self.value(-2, 2), "2", "3"])
        form = self.choice([
            "{0} + {1}", "{0} - {1}", "{0}*tanh({1})", "{0}/(1 + abs({1}))", "sin({0})", "cos({0} + {1})", "tanh({0})",
            "arctan({0})", "exp(-abs({0}))", "exprel(clip({0}, -4, 4))", "expm1(clip({0}, -2, 2))", "log1p(abs({0}))",
            "sqrt(abs({0}))", "(0.1 + clip(abs({0}), 0, 5))**1.5", "(0.1 + abs({0}))**-0.5", "clip({0}, -2, 2)**2",
            "min({0}, {1})", "max({0}, {1}, 0.25)", "abs({0}) % 1.75", "clip({0}, -90, 90)//2",
            "floor(clip({0}, -9, 9))",
            "ceil(clip({0}, -9, 9))", "sign({0})", "-({0})", "int({0} > {1})*{2}", "int(not ({0} < {1}) or {2} > 1)",
            "int(clip({0}, -9, 9)) % 4", "log(0.5 + abs({0}))",
        ])
        return form.format(*(f"({part()})" for _ in range(form.count("{"))))

    def time(self) -> str:
        return f"({self.value(3, 30)}*ms)"


class Cells:
    """One group of neurons: its `text`, and the names in it that others may use."""

    def __init__(self, draw: Draw, name: str) -> None:
        self.name, self.size = name, draw.randint(3, 40)
        self.unit, self.one, self.short = draw.choice([("1", "1", ""), ("volt", "mV", " mV")])
        one = self.one
        self.names = ["x"]
        self.records = ["v", "g", "x"]
        self.lines = [f"dg/dt = -g/{draw.time()} : {self.unit}", f"total : {self.unit}", f"x = v/({one}) : 1"]
        self.reset = [f"v = {draw.value(-3, 2)}*{one}"]
        self.threshold = f"v > {draw.value(7, 10)}*{one}"
        self.own = ["x", f"g/({one})", "t/(10*ms)", "i/N"]
        self.add_voltage(draw)
        self.add_extras(draw)
        self.text = self.network_text(draw)

    def add_voltage(self, draw: Draw) -> None:
        """The equation of v, of one of four classes, with the method that integrates it."""
        one, unit = self.one, self.unit + draw.choice(["", " (unless refractory)"])
        tau = draw.choice(["tau", "tau_each"])
        self.parameters = 'tau = "9 ms"'
        if tau == "tau_each":
            self.parameters = f'tau_each = "{draw.choice(["(8 + i % 5)*ms", "(5 + 10*rand())*ms"])}"'
            self.lines.append("tau_each : second")
        rest, g = f"{draw.value(0, 8)}*{one}", draw.choice(["g", "total", "(g + total)/2", "(g - a)"])
        if "a" in g.split(" ")[-1]:
            self.lines.append(f"da/dt = ({draw.value(0.1, 0.6)}*v - a)/{draw.time()} : {self.unit}")
        kind = draw.choice(["linear", "conductance", "nonlinear", "noise"])
        if kind == "linear":
            drift, methods = f"({rest} + {g} - v)/{tau}", ["", "", "euler", "rk2"]
        elif kind == "conductance":
            drift = f"({rest} - v + abs({g})/({one})*(12*{one} - v))/{tau}"
            methods = ["", "exponential_euler", "rk4"]
        elif kind == "nonlinear":
            self.lines.append(f"f = {draw.number(self.own)} : 1{draw.choice(['', ' (constant over dt)'])}")
            self.records.append("f")
            drift, methods = f"({rest} + 3*f*{one} + {g} - v)/{tau}", ["euler", "rk2", "rk4"]
        else:
            additive = (f"2*{one}", ["", "euler", "heun"])
            multiplicative = (f"(2*{one} + 0.2*v)", ["heun", "milstein"])
            sigma, methods = draw.choice([additive, multiplicative])
            drift = f"({rest} + {g} - v)/{tau} + {sigma}*xi*(5*ms)**-0.5"
        self.method = draw.choice(methods)
        self.lines.append(f"dv/dt = {drift} : {unit}")

    def add_extras(self, draw: Draw) -> None:
        """A moving threshold, integers and booleans, the time since the last spike, values that are drawn."""
        if draw.chance(0.4):
            self.lines.append(f"dh/dt = -h/(20*ms) : {self.unit}")
            self.threshold += " + h"
            self.reset.append(f"h += {draw.value(0.5, 2)}*{self.one}")
            self.records.append("h")
        if draw.chance(0.5):
            self.lines += ["n : integer", "b : boolean", "level = n/4 + int(b) : 1"]
            self.reset += ["n = (3*n + i + 1) % 17", "b = not b or n > 8"]
            self.threshold += draw.choice([" and not (b and n > 12)", " and n % 5 != 4", ""])
            self.names.append("level")
            self.records += ["n", "b"]
        if draw.chance(0.4):
            self.lines.append("since = clip((t - lastspike)/(10*ms), 0, 4) : 1")
            self.names.append("since")
            self.records.append("since")
        if draw.chance(0.3):
            self.reset.append(f"v += {self.one}*{draw.number(self.own, 2, events=True)}")

    def network_text(self, draw: Draw) -> str:
        duration = ["2 ms", "(1 + i % 3)*ms", "1.5*ms + 2*ms*rand()", f"v > {draw.value(4, 6)}*{self.one}"]
        refractory = f'refractory = "{draw.choice(duration)}"' if draw.chance(0.7) else ""
        equations, reset = "\n".join(draw.sample(self.lines, len(self.lines))), "\n".join(self.reset)
        rate = draw.choice(["1 kHz", "2 kHz", "1*kHz*(1 + 0.5*sin(t/(9*ms) + i))"])
        text = f"""
[neurons.{self.name}]
size = {self.size}
equations = '''
{equations}
'''
threshold = "{self.threshold}"
reset = '''
{reset}
'''
{refractory}
{f'method = "{self.method}"' if self.method else ""}
parameters = {{ {self.parameters} }}
initial = {{ v = "rand()*5*{self.one}", g = "i/N*{self.one}" }}
[input.drive_{self.name}]
to = "{self.name}"
target = "{draw.choice(["v", "g"])}"
rate = "{rate}"
weight = "{self.quantity(draw.uniform(0.5, 1.5))}"
"""
        if draw.chance(0.4):
            text += f"""
[[run_regularly]]
of = "{self.name}"
every = "{draw.choice([0.5, 3, 7])} ms"
code = "v += {self.one}*{draw.number(self.own, 2, events=True)}; g *= 0.9"
"""
        return text

    def quantity(self, value: float) -> str:
        return f"{value:.4g}{self.short or '*1'}"

    def part(self, draw: Draw) -> tuple[str, int]:
        """Return the group or a slice of it, and its size."""
        if draw.chance(0.6):
            return self.name, self.size
        begin, end = draw.randint(0, self.size // 2), draw.randint(self.size // 2 + 1, self.size)
        return f"{self.name}[{begin}:{end}]", end - begin


def connection(draw: Draw, sources: int, targets: int, same: bool) -> str:
    """Return a rule that fits groups of these sizes."""
    few = max(1, min(sources, targets) // 3)
    rules = [
        'rule = "fixed_probability", p = 0.3', 'condition = "(i + j) % 3 != 1"', 'p = "exp(-abs(i - j)/5)"',
        'condition = "i % 4 < 2", p = 0.7', 'rule = "all_to_all"',
        f'rule = "fixed_total_number", n = {few * 3}, multapses = true, autapses = true',
        f'rule = "fixed_indegree", n = {few}, multapses = true, autapses = true',
        f'rule = "fixed_outdegree", n = {few}, multapses = true, autapses = true',
    ]
    if not same and min(sources, targets) > 1:
        rules.append("pairs = [[0, 0], [1, 0], [0, 1], [1, 1]]")
    if not same and sources == targets:
        rules.append('rule = "one_to_one"')
    return f"connect = {{ {draw.choice(rules)} }}"


DELAYS = ["0 ms", "0.5 ms", "1.2 ms", "(0.3 + rand())*ms", "(i + j) % 7*0.2*ms", "2*ms*rand()"]


def chain(draw: Draw, name: str, source: Cells, target: Cells) -> str:
    """Return a chain of models of the library."""
    begin, sources = source.part(draw)
    end, targets = target.part(draw)
    text = f"""
[synapses.{name}]
from = "{begin}"
to = "{end}"
{connection(draw, sources, targets, source is target)}
target = "{draw.choice(["v", "g"])}"
delay = "{draw.choice(DELAYS)}"
initial = {{ w = "rand()*{target.quantity(0.8).replace(' ', '*')}" }}
"""
    if draw.chance(0.4):
        text += f'dendritic_delay = "{draw.choice(DELAYS)}"\n'
    if draw.chance(0.7):
        text += f'release = "{draw.choice(RELEASE)}"\n'
    if draw.chance(0.8):
        rule = draw.choice(sorted(PLASTICITY))
        eta = f', eta = "{target.quantity(0.05)}"' if rule == "inhibitory_stdp" else ""
        parameters = f'{PLASTICITY[rule]} = "{target.quantity(1.5)}"{eta}'
        text += f'plasticity = {{ model = "{rule}", parameters = {{ {parameters} }} }}\n'
    if draw.chance(0.4):
        prune = draw.choice([f"w < 0.1*{target.one}", "rand() < 0.02", f"w*rand() > 0.9*{target.one}"])
        grow = draw.choice(["0.01", '{ p = 0.02, condition = "i != j" }', '"0.02*exp(-abs(i - j)/4)"'])
        grow = grow if grow[0] != "0" else f'"{grow}"'
        text += f'structure = {{ prune = "{prune}", grow = {grow}, every = "{draw.choice([4, 10])} ms" }}\n'
    return text


def whole(draw: Draw, name: str, source: Cells, target: Cells) -> str:
    """Return synapses written whole: event-driven and clock-driven variables, several pathways, a sum."""
    begin, sources = source.part(draw)
    end, targets = target.part(draw)
    kind = draw.choice(["event-driven", "event-driven", "event-driven", "clock-driven"])
    seen = [f"{n}_pre" for n in source.names] + [f"{n}_post" for n in target.names]
    names = ["w", "p", "q", "m/5"]
    lines = [
        "w : 1", "m : integer",
        f"dp/dt = -p/{draw.time()} : 1 ({kind})", f"dq/dt = (0.3 - q)/{draw.time()} : 1 ({kind})",
    ]
    if draw.chance(0.4):
        lines.append(f"dr/dt = {draw.choice(['(p - r)', '(p + 0.5*q - r)', '(w - r)'])}/{draw.time()} : 1 ({kind})")
        names.append("r")
    if kind == "clock-driven" and draw.chance(0.7):
        lines.append(f"du/dt = ({draw.number([*names, *seen], 2)} - u)/{draw.time()} : 1 (clock-driven)")
        names.append("u")
    if draw.chance(0.4):
        factor = f"{draw.value(0.02, 0.1)}*{draw.choice(['x_pre', 'p', 'tanh(q)'])}"
        lines.append(f"total_post = {factor}*w*{target.one} : {target.unit} (summed)")
    leaves = [*names, *seen, "i/9", "j/7"]

    def statements(post: bool) -> str:
        trace, other = ("q", "p") if post != draw.chance(0.15) else ("p", "q")
        made = [
            f"{trace} += {draw.value(0.1, 1)}", f"{trace} = {trace}*0.5 + {draw.number(leaves, 1)}",
            f"w = clip(w + 0.1*{draw.number(leaves, 2, True)}, 0, 1)", f"w = clip(w - 0.05*{other}, 0, 1)",
            f"change = {draw.number(leaves, 2)}; w = clip(w + 0.02*change*{other}, 0, 1)", "m = (5*m + 3) % 23",
            f"g_pre += 0.1*w*{source.one}" if post else f"g_post += 0.1*w*{target.one}",
            f"v_post += 0.4*w*{target.one}",
        ]
        return "\n".join(draw.sample(made, draw.randint(2, 5)))

    several = draw.chance(0.4)
    if several:
        code = f"on_pre.first = '''\n{statements(False)}\n'''\non_pre.later = '''\n{statements(False)}\n'''\n"
        delay = f'delay = {{ first = "{draw.choice(DELAYS)}", later = "{draw.choice(DELAYS)}" }}'
    else:
        code = f"on_pre = '''\n{statements(False)}\n'''\n"
        delay = f'delay = "{draw.choice(DELAYS)}"\n'
        delay += f'dendritic_delay = "{draw.choice(DELAYS)}"' if draw.chance(0.3) else ""
    if draw.chance(0.8):
        code += f"on_post = '''\n{statements(True)}\n'''\n"
    equations = "\n".join(lines)
    return f"""
[synapses.{name}]
from = "{begin}"
to = "{end}"
{connection(draw, sources, targets, source is target)}
equations = '''
{equations}
'''
{code}
{delay}
initial = {{ w = "rand()", q = {draw.choice(["0.3", '"0.1*rand()"', '"i/20"', '"j/20"'])} }}
{regularly(draw, name, leaves) if draw.chance(0.5) else ""}
[[record]]
variables = ["w", "p", "q", "m"]
of = "{name}"
every = "{draw.choice([0.7, 2.5])} ms"
"""


def regularly(draw: Draw, name: str, leaves: list[str]) -> str:
    code = draw.choice([
        "w *= 2/(1 + sum_post(w))", "w = clip(w/(0.2 + sum_pre(w)), 0, 1); p *= 0.5",
        f"w = clip(0.9*w + 0.1*{draw.number(leaves, 2, True)}, 0, 1)", "q = q*0.9; m = m//2",
    ])
    return f'[[run_regularly]]\nof = "{name}"\nevery = "{draw.choice([2, 11])} ms"\ncode = "{code}"\n'


def network(seed: int) -> str:
    """Return a random network; those of even seeds compute in double precision."""
    draw = Draw(seed)
    groups = [Cells(draw, "one"), Cells(draw, "two")]
    precision = "float" if seed % 2 else "double"
    text = f'[simulation]\nduration = "60 ms"\nseed = {seed}\nprecision = "{precision}"\n'
    text += "".join(group.text for group in groups)
    for number in range(draw.randint(2, 3)):
        make = draw.choice([chain, whole])
        text += make(draw, f"s{number}", draw.choice(groups), draw.choice(groups))
    for group in groups:
        variables = ", ".join(f'"{name}"' for name in group.records)
        text += f'[[record]]\nspikes = "{group.name}"\n[[record]]\nvariables = [{variables}]\nof = "{group.name}"\n'
        text += f'every = "{draw.choice([0.1, 0.3, 2])} ms"\n'
    return text
