// SPDX-License-Identifier: BSD-3-Clause
// The integrators. All new values are computed from the old ones; the caller stores them together.
#include "codegen/lower/integrate.hpp"

#include "base/diagnostics.hpp"

namespace bouton::codegen {

using analysis::Builtin;
using analysis::Method;
using analysis::StateEquation;
using analysis::TermKind;
using analysis::TermPtr;

namespace {

class Integrator {
public:
    Integrator(Builder& builder, const Integration& what)
        : b_(builder), what_(what), equations_(*what.equations) {
        for (const auto& equation : equations_)
            old_.push_back(b_.lower(
                analysis::variable(analysis::End::own, equation.key, analysis::ValueType::real, {})));
    }

    std::vector<ValueId> run() {
        switch (what_.method) {
            case Method::exact: return exact();
            case Method::exponential_euler: return exponential_euler();
            case Method::euler: return euler();
            case Method::rk2: return rk2();
            case Method::rk4: return rk4();
            case Method::heun: return heun();
            case Method::milstein: return milstein();
        }
        throw base::InternalError("an integrator of unknown kind");
    }

private:
    using Values = std::vector<ValueId>;

    ValueId add(ValueId a, ValueId b) { return b_.binary(OpCode::add, a, b); }
    ValueId subtract(ValueId a, ValueId b) { return b_.binary(OpCode::subtract, a, b); }
    ValueId multiply(ValueId a, ValueId b) { return b_.binary(OpCode::multiply, a, b); }
    ValueId divide(ValueId a, ValueId b) { return b_.binary(OpCode::divide, a, b); }
    ValueId number(double value) { return b_.constant(value, Type::f64); }
    ValueId dt() { return b_.step_size(); }
    /// f * dt
    ValueId change(const TermPtr& f) {
        if (!what_.is_uniform) return multiply(b_.lower(f), dt());
        const auto step = analysis::leaf(TermKind::step_size, analysis::ValueType::real,
                                         base::Dimension::of(base::Dimension::time));
        return b_.lower(analysis::scaled(f, step, what_.is_uniform));
    }
    ValueId sqrt_dt() { return b_.call(Builtin::sqrt, {dt()}); }

    /// The value, or zero while the variable stands still.
    ValueId moving(std::size_t k, ValueId value) {
        if (!equations_[k].frozen || !what_.active) return value;
        return b_.select(*what_.active, value, number(0.0));
    }
    /// old + change, or old while the variable stands still.
    ValueId advanced(std::size_t k, ValueId change) { return add(old_[k], moving(k, change)); }
    ValueId unless_frozen(std::size_t k, ValueId value) {
        if (!equations_[k].frozen || !what_.active) return value;
        return b_.select(*what_.active, value, old_[k]);
    }

    /// f with the states at `at` and the time at t + c*dt.
    ValueId evaluate(const TermPtr& f, const Values* at, double c) {
        TermPtr term = f;
        if (c != 0.0)
            term = analysis::substitute(f, [&](const analysis::Term& node) -> TermPtr {
                if (node.kind != TermKind::time) return nullptr;
                const auto step =
                    analysis::leaf(TermKind::step_size, analysis::ValueType::real, node.dimension);
                const auto now = analysis::leaf(TermKind::time, analysis::ValueType::real, node.dimension);
                return analysis::add(now, analysis::multiply(analysis::number(c), step));
            });
        if (at)
            for (std::size_t k = 0; k < equations_.size(); ++k)
                b_.override_variable(equations_[k].key, (*at)[k]);
        const ValueId value = b_.lower(term);
        if (at) b_.clear_overrides();
        return value;
    }

    bool is_kept(std::size_t k) const { return k < what_.kept.size() && what_.kept[k]; }

    Values exact();
    Values exponential_euler();
    Values euler();
    Values rk2();
    Values rk4();
    Values heun();
    Values milstein();

    Values slopes(const Values* at, double c) {
        Values k;
        for (std::size_t n = 0; n < equations_.size(); ++n)
            k.push_back(moving(n, evaluate(equations_[n].f, at, c)));
        return k;
    }

    /// x + factor * slope
    Values moved(const Values& slope, ValueId factor) {
        Values result;
        for (std::size_t n = 0; n < equations_.size(); ++n)
            result.push_back(add(old_[n], multiply(slope[n], factor)));
        return result;
    }

    struct Split {
        std::vector<analysis::Stochastic> parts;
        std::map<std::string, ValueId> dw;
    };
    Split split() {
        Split result;
        for (const auto& equation : equations_) {
            result.parts.push_back(*analysis::split_noise(equation));
            for (const auto& [name, factor] : result.parts.back().noise)
                if (!result.dw.count(name)) result.dw[name] = multiply(b_.normal(hash_name(name)), sqrt_dt());
        }
        return result;
    }

    Builder& b_;
    const Integration& what_;
    const std::vector<StateEquation>& equations_;
    Values old_;
};

std::vector<std::vector<bool>> reachable(const analysis::LinearSystem& system) {
    const std::size_t n = system.rest.size();
    std::vector<std::vector<bool>> reach(n, std::vector<bool>(n, false));
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c) reach[r][c] = r == c || system.matrix[r][c];
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t r = 0; r < n; ++r)
            for (std::size_t c = 0; c < n; ++c) reach[r][c] = reach[r][c] || (reach[r][k] && reach[k][c]);
    return reach;
}

/// x <- P x + Q b, with P = expm(A dt). While refractory, the rows of frozen variables stand still and the
/// others use the propagator of the system without them.
Integrator::Values Integrator::exact() {
    const auto& system = what_.system;
    const std::size_t n = equations_.size();
    const auto reach = reachable(system);
    Propagator& plan = *what_.propagator;
    plan.size = static_cast<int>(n);
    const bool freezes = what_.active.has_value();
    for (std::size_t r = 0; r < n; ++r) {
        plan.frozen_rows.push_back(freezes && equations_[r].frozen);
        for (std::size_t c = 0; c < n; ++c)
            if (system.matrix[r][c]) plan.nonzero.emplace_back(static_cast<int>(r), static_cast<int>(c));
    }
    Values rest;
    for (const auto& term : system.rest) rest.push_back(b_.lower(term));
    const auto row = [&](std::size_t r, bool frozen) {
        std::optional<ValueId> sum;
        const auto take = [&](bool of_q, std::size_t c, ValueId factor) {
            plan.wanted.push_back({plan.of, of_q, frozen, static_cast<int>(r), static_cast<int>(c)});
            const ValueId product = multiply(what_.entry(plan.wanted.back()), factor);
            sum = sum ? add(*sum, product) : product;
        };
        for (std::size_t c = 0; c < n; ++c)
            if (reach[r][c]) take(false, c, old_[c]);
        for (std::size_t c = 0; c < n; ++c)
            if (reach[r][c] && !analysis::is_zero(system.rest[c])) take(true, c, rest[c]);
        return *sum;
    };
    Values result;
    for (std::size_t r = 0; r < n; ++r) {
        if (is_kept(r)) {
            result.push_back(old_[r]);
            continue;
        }
        bool depends = false;
        for (std::size_t c = 0; c < n; ++c)
            depends = depends || (c != r && reach[r][c] && plan.frozen_rows[c]);
        const ValueId normal = row(r, false);
        if (plan.frozen_rows[r])
            result.push_back(b_.select(*what_.active, normal, old_[r]));
        else if (depends)
            result.push_back(b_.select(*what_.active, normal, row(r, true)));
        else
            result.push_back(normal);
    }
    return result;
}

/// dx/dt = f = a x + b with a, b held over the step: x <- x + f dt exprel(a dt), which is (x + b/a) exp(a dt) - b/a
/// without the division, and x + b dt where a vanishes.
Integrator::Values Integrator::exponential_euler() {
    Values result;
    for (std::size_t k = 0; k < equations_.size(); ++k) {
        const auto form = *analysis::conditionally_linear(equations_[k]);
        if (is_kept(k))
            result.push_back(old_[k]);
        else if (!form.a)
            result.push_back(advanced(k, change(form.b)));
        else if (analysis::is_zero(form.b))
            result.push_back(unless_frozen(k, multiply(old_[k], b_.call(Builtin::exp, {change(form.a)}))));
        else
            result.push_back(
                advanced(k, multiply(change(equations_[k].f), b_.call(Builtin::exprel, {change(form.a)}))));
    }
    return result;
}

/// x + dt f + g dW: Euler, Euler-Maruyama (Ito). Where f = a x + b with an a that is the same for all, (1 + a dt) x + b dt.
Integrator::Values Integrator::euler() {
    const Split noise = split();
    Values result;
    for (std::size_t k = 0; k < equations_.size(); ++k) {
        if (is_kept(k)) {
            result.push_back(old_[k]);
            continue;
        }
        const analysis::TermPtr& drift = noise.parts[k].drift;
        const auto form = analysis::conditionally_linear({equations_[k].key, {}, drift});
        const bool damped = form && form->a && what_.is_uniform && what_.is_uniform(form->a);
        std::optional<ValueId> moves;
        if (!damped) moves = change(drift);
        if (damped && !analysis::is_zero(form->b)) moves = change(form->b);
        for (const auto& [name, factor] : noise.parts[k].noise) {
            const ValueId kick = multiply(b_.lower(factor), noise.dw.at(name));
            moves = moves ? add(*moves, kick) : kick;
        }
        if (damped) {
            const ValueId kept = multiply(old_[k], add(number(1.0), change(form->a)));
            result.push_back(unless_frozen(k, moves ? add(kept, *moves) : kept));
        } else {
            result.push_back(advanced(k, *moves));
        }
    }
    return result;
}

Integrator::Values Integrator::rk2() {
    const Values k1 = slopes(nullptr, 0.0);
    const Values middle = moved(k1, multiply(dt(), number(0.5)));
    return moved(slopes(&middle, 0.5), dt());
}

Integrator::Values Integrator::rk4() {
    const ValueId half = multiply(dt(), number(0.5));
    const Values k1 = slopes(nullptr, 0.0);
    const Values x2 = moved(k1, half);
    const Values k2 = slopes(&x2, 0.5);
    const Values x3 = moved(k2, half);
    const Values k3 = slopes(&x3, 0.5);
    const Values x4 = moved(k3, dt());
    const Values k4 = slopes(&x4, 1.0);
    Values sum;
    for (std::size_t n = 0; n < equations_.size(); ++n) {
        const ValueId inner = multiply(add(k2[n], k3[n]), number(2.0));
        sum.push_back(add(add(k1[n], inner), k4[n]));
    }
    return moved(sum, divide(dt(), number(6.0)));
}

/// Stratonovich: x + dt f + dW (g(x) + g(x + g dW)) / 2.
Integrator::Values Integrator::heun() {
    const Split noise = split();
    Values support;
    for (std::size_t k = 0; k < equations_.size(); ++k) {
        ValueId value = old_[k];
        for (const auto& [name, factor] : noise.parts[k].noise)
            value = add(value, moving(k, multiply(b_.lower(factor), noise.dw.at(name))));
        support.push_back(value);
    }
    Values result;
    for (std::size_t k = 0; k < equations_.size(); ++k) {
        ValueId value = add(old_[k], multiply(b_.lower(noise.parts[k].drift), dt()));
        for (const auto& [name, factor] : noise.parts[k].noise) {
            const ValueId mean =
                multiply(add(b_.lower(factor), evaluate(factor, &support, 1.0)), number(0.5));
            value = add(value, multiply(mean, noise.dw.at(name)));
        }
        result.push_back(unless_frozen(k, value));
    }
    return result;
}

/// Stratonovich, diagonal noise, without derivatives: x + dt f + g dW + (g(x + dt f + sqrt(dt) g) - g) dW^2 / (2 sqrt(dt)).
Integrator::Values Integrator::milstein() {
    const Split noise = split();
    Values support;
    for (std::size_t k = 0; k < equations_.size(); ++k) {
        ValueId value = add(old_[k], moving(k, multiply(b_.lower(noise.parts[k].drift), dt())));
        for (const auto& [name, factor] : noise.parts[k].noise)
            value = add(value, moving(k, multiply(b_.lower(factor), sqrt_dt())));
        support.push_back(value);
    }
    Values result;
    for (std::size_t k = 0; k < equations_.size(); ++k) {
        ValueId value = add(old_[k], multiply(b_.lower(noise.parts[k].drift), dt()));
        for (const auto& [name, factor] : noise.parts[k].noise) {
            const ValueId g = b_.lower(factor);
            const ValueId dw = noise.dw.at(name);
            const ValueId scale = divide(number(0.5), sqrt_dt());
            const ValueId slope = multiply(subtract(evaluate(factor, &support, 0.0), g), scale);
            value = add(add(value, multiply(g, dw)), multiply(slope, multiply(dw, dw)));
        }
        result.push_back(unless_frozen(k, value));
    }
    return result;
}

}  // namespace

std::vector<ValueId> integrate(Builder& builder, const Integration& what) {
    return Integrator(builder, what).run();
}

}  // namespace bouton::codegen
