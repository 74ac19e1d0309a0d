// SPDX-License-Identifier: BSD-3-Clause
#include "sim/propagator.hpp"

#include <unsupported/Eigen/MatrixFunctions>

#include <cmath>

namespace bouton::sim {

ExactStep exact_step(const Eigen::MatrixXd& a, double dt) {
    const Eigen::Index n = a.rows();
    if (n == 1) {
        const double rate = a(0, 0);
        const double q = rate == 0.0 ? dt : std::expm1(rate * dt) / rate;
        return {Eigen::MatrixXd::Constant(1, 1, std::exp(rate * dt)), Eigen::MatrixXd::Constant(1, 1, q)};
    }
    Eigen::MatrixXd augmented = Eigen::MatrixXd::Zero(2 * n, 2 * n);
    augmented.topLeftCorner(n, n) = a * dt;
    augmented.topRightCorner(n, n) = Eigen::MatrixXd::Identity(n, n) * dt;
    const Eigen::MatrixXd result = augmented.exp();
    return {result.topLeftCorner(n, n), result.topRightCorner(n, n)};
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
