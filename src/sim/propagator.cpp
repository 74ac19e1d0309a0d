// SPDX-License-Identifier: BSD-3-Clause
#include "sim/propagator.hpp"

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

}  // namespace

ExactStep exact_step(const Eigen::MatrixXd& a, double dt) {
    const Eigen::Index n = a.rows();
    if (n == 1) {
        const double rate = a(0, 0);
        const double q = rate == 0.0 ? dt : std::expm1(rate * dt) / rate;
        return {Eigen::MatrixXd::Constant(1, 1, std::exp(rate * dt)), Eigen::MatrixXd::Constant(1, 1, q)};
    }
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
