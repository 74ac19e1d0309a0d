// SPDX-License-Identifier: BSD-3-Clause
#include "sim/propagator.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace bouton::sim {
namespace {

using Eigen::MatrixXd;

// x' = -x/tx + y, y' = -y/ty.
MatrixXd chain(double tx, double ty) {
    MatrixXd a(2, 2);
    a << -1 / tx, 1, 0, -1 / ty;
    return a;
}

TEST(Propagator, MatchesTheClosedFormOfAChain) {
    const double tx = 0.02, ty = 0.005, dt = 1e-4;
    const ExactStep step = exact_step(chain(tx, ty), dt);
    const double ex = std::exp(-dt / tx), ey = std::exp(-dt / ty);
    EXPECT_NEAR(step.p(0, 0), ex, 1e-15);
    EXPECT_NEAR(step.p(1, 1), ey, 1e-15);
    EXPECT_EQ(step.p(1, 0), 0);
    EXPECT_NEAR(step.p(0, 1) / ((ex - ey) / (1 / ty - 1 / tx)), 1, 1e-12);
    EXPECT_NEAR(step.q(0, 0) / (tx * -std::expm1(-dt / tx)), 1, 1e-13);
}

TEST(Propagator, EqualTimeConstantsGiveTheAlphaFunction) {
    const double tau = 0.01, dt = 1e-4;
    const ExactStep step = exact_step(chain(tau, tau), dt);
    EXPECT_NEAR(step.p(0, 1) / (dt * std::exp(-dt / tau)), 1, 1e-13);
    const double nearly = exact_step(chain(tau, tau * (1 + 1e-12)), dt).p(0, 1);
    EXPECT_NEAR(nearly / step.p(0, 1), 1, 1e-11);
}

TEST(Propagator, SingularSystemsAreNoException) {
    const ExactStep constant = exact_step(MatrixXd::Zero(1, 1), 0.1);
    EXPECT_EQ(constant.p(0, 0), 1);
    EXPECT_EQ(constant.q(0, 0), 0.1);
    MatrixXd a(2, 2);
    a << 0, 1, 0, 0;  // x'' = b
    const ExactStep free = exact_step(a, 0.1);
    EXPECT_NEAR(free.p(0, 1), 0.1, 1e-16);
    EXPECT_NEAR(free.q(0, 1), 0.005, 1e-16);
}

TEST(Propagator, FrozenVariablesStandStillButStillDriveOthers) {
    const double dt = 0.1;
    const ExactStep step = frozen_step(chain(1.0, 2.0), dt, {false, true});
    EXPECT_EQ(step.p(1, 1), 1);
    EXPECT_EQ(step.q(1, 1), 0);
    EXPECT_EQ(step.q(0, 1), 0);
    EXPECT_NEAR(step.p(0, 1), 1 - std::exp(-dt), 1e-15);
}

TEST(Propagator, DoublingEqualsALongerStep) {
    const MatrixXd a = chain(0.02, 0.005);
    const ExactStep twice = doubled(doubled(exact_step(a, 1e-3)));
    const ExactStep once = exact_step(a, 4e-3);
    EXPECT_LT((twice.p - once.p).norm(), 1e-14);
    EXPECT_LT((twice.q - once.q).norm(), 1e-15);
}

}  // namespace
}  // namespace bouton::sim
