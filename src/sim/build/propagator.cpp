// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/propagator.hpp"

#include <unsupported/Eigen/MatrixFunctions>

#include <algorithm>
#include <cmath>

namespace bouton::sim {
namespace {

/// Turns a into D^-1 a D, D diagonal with powers of two, such that rows and columns weigh alike; returns D. In SI
/// units a current of pA drives a voltage of mV through 1/C = 4e9 V/(A s): unscaled, the squarings that such a
/// norm asks of the exponential would cost seven digits. (Parlett & Reinsch 1969, doi:10.1007/BF02165404; the floor
/// lets it also scale a coupling in one direction.)
Eigen::VectorXd balance(Eigen::MatrixXd& a) {
    constexpr int kSweeps = 100;
    Eigen::VectorXd scale = Eigen::VectorXd::Ones(a.rows());
    const double diagonal = a.diagonal().cwiseAbs().maxCoeff();
    const double floor = std::ldexp(diagonal > 0.0 ? diagonal : a.cwiseAbs().maxCoeff(), -30);
    if (!(floor > 0.0)) return scale;
    bool changed = true;
    for (int sweep = 0; changed && sweep < kSweeps; ++sweep) {
        changed = false;
        for (Eigen::Index k = 0; k < a.rows(); ++k) {
            const double row = a.row(k).cwiseAbs().sum() - std::abs(a(k, k));
            const double column = a.col(k).cwiseAbs().sum() - std::abs(a(k, k));
            const auto shift = std::lround(std::log2(std::max(row, floor) / std::max(column, floor)) / 2.0);
            if (shift == 0) continue;
            const double factor = std::ldexp(1.0, static_cast<int>(shift));
            a.row(k) /= factor;
            a.col(k) *= factor;
            scale(k) *= factor;
            changed = true;
        }
    }
    return scale;
}

ExactStep scalar_step(double rate, double dt) {
    const double q = rate == 0.0 ? dt : std::expm1(rate * dt) / rate;
    return {Eigen::MatrixXd::Constant(1, 1, std::exp(rate * dt)), Eigen::MatrixXd::Constant(1, 1, q)};
}

/// exp of [[A dt, 1], [0, 0]] holds both: P on the left, Q/dt on the right (Van Loan 1978, doi:10.1109/TAC.1978.1101743).
ExactStep coupled_step(const Eigen::MatrixXd& a, double dt) {
    const Eigen::Index n = a.rows();
    Eigen::MatrixXd balanced = a * dt;
    const Eigen::VectorXd scale = balance(balanced);
    Eigen::MatrixXd augmented = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    augmented.topLeftCorner(n, n) = balanced;
    augmented.topRightCorner(n, n) = Eigen::MatrixXd::Identity(n, n);
    const Eigen::MatrixXd result = augmented.exp();
    const auto undo = [&](const Eigen::MatrixXd& m) -> Eigen::MatrixXd {
        return scale.asDiagonal() * m * scale.cwiseInverse().asDiagonal();
    };
    return {undo(result.topLeftCorner(n, n)), undo(result.topRightCorner(n, n)) * dt};
}

/// The sets of states that do not see each other. Apart, a fast one costs a slow one no digits, and a single one
/// is a plain exp.
std::vector<std::vector<Eigen::Index>> independent_parts(const Eigen::MatrixXd& a) {
    const Eigen::Index n = a.rows();
    std::vector<std::vector<Eigen::Index>> parts;
    std::vector<bool> placed(static_cast<std::size_t>(n), false);
    for (Eigen::Index first = 0; first < n; ++first) {
        if (placed[static_cast<std::size_t>(first)]) continue;
        placed[static_cast<std::size_t>(first)] = true;
        std::vector<Eigen::Index> part{first};
        for (std::size_t k = 0; k < part.size(); ++k) {
            for (Eigen::Index other = 0; other < n; ++other) {
                if (placed[static_cast<std::size_t>(other)]) continue;
                if (a(part[k], other) == 0.0 && a(other, part[k]) == 0.0) continue;
                placed[static_cast<std::size_t>(other)] = true;
                part.push_back(other);
            }
        }
        std::sort(part.begin(), part.end());
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace

ExactStep exact_step(const Eigen::MatrixXd& a, double dt) {
    const Eigen::Index n = a.rows();
    ExactStep step{Eigen::MatrixXd::Zero(n, n), Eigen::MatrixXd::Zero(n, n)};
    for (const auto& part : independent_parts(a)) {
        const ExactStep own =
            part.size() == 1 ? scalar_step(a(part[0], part[0]), dt) : coupled_step(a(part, part), dt);
        step.p(part, part) = own.p;
        step.q(part, part) = own.q;
    }
    return step;
}

ExactStep frozen_step(Eigen::MatrixXd a, double dt, const std::vector<bool>& frozen) {
    const auto is_frozen = [&](Eigen::Index k) {
        return static_cast<std::size_t>(k) < frozen.size() && frozen[static_cast<std::size_t>(k)];
    };
    for (Eigen::Index row = 0; row < a.rows(); ++row) {
        if (is_frozen(row)) a.row(row).setZero();
    }
    ExactStep step = exact_step(a, dt);
    for (Eigen::Index column = 0; column < a.cols(); ++column) {
        if (is_frozen(column)) step.q.col(column).setZero();
    }
    return step;
}

ExactStep doubled(const ExactStep& step) { return {step.p * step.p, step.p * step.q + step.q}; }

}  // namespace bouton::sim
