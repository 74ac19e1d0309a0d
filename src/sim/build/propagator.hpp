// SPDX-License-Identifier: BSD-3-Clause
// Exact steps of linear equations x' = A x + b: over dt, x <- P x + Q b, with P = expm(A dt) and
// Q = int_0^dt expm(A s) ds, both from one matrix exponential (Van Loan 1978, IEEE TAC 23:395). Equal time
// constants need no special case.
#pragma once

#include <Eigen/Core>

#include <vector>

namespace bouton::sim {

struct ExactStep {
    Eigen::MatrixXd p;
    Eigen::MatrixXd q;
};

ExactStep exact_step(const Eigen::MatrixXd& a, double dt);

/// The same with the given variables standing still: their rows of A and their entries of b count as zero.
ExactStep frozen_step(Eigen::MatrixXd a, double dt, const std::vector<bool>& frozen);

/// The step of twice the length.
ExactStep doubled(const ExactStep& step);

}  // namespace bouton::sim
