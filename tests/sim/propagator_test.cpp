// SPDX-License-Identifier: BSD-3-Clause
#include "sim/build/propagator.hpp"

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

// States that do not see each other: each is a plain exp, to the last bit, however fast its neighbour is; a matrix that holds both would
// cost the slow one six digits. Coupling in either direction, at any distance in the matrix, is seen.
TEST(Propagator, IndependentStatesAreSolvedApart) {
    const double dt = 1e-4, slow = -0.1, fast = -1e9;
    MatrixXd a = MatrixXd::Zero(4, 4);
    a(0, 0) = slow;
    a(1, 1) = fast;
    a(2, 2) = fast / 2;
    a(1, 2) = 1e8;  // 1 is driven by 2
    a(3, 3) = slow * 2;
    const ExactStep step = exact_step(a, dt);
    EXPECT_EQ(step.p(0, 0), std::exp(slow * dt));
    EXPECT_EQ(step.q(0, 0), std::expm1(slow * dt) / slow);
    EXPECT_EQ(step.p(3, 3), std::exp(2 * slow * dt));
    for (int row = 0; row < 4; ++row) {
        for (int column = 0; column < 4; ++column) {
            const bool together = row == column || (row == 1 && column == 2);
            if (!together) {
                EXPECT_EQ(step.p(row, column), 0) << row << column;
            }
        }
    }
    // The stationary state of 1, per unit drive of 2, is a(1, 2)/(fast * fast/2).
    EXPECT_NEAR(step.q(1, 2) / (1e8 / (fast * fast / 2)), 1, 1e-9);

    for (const bool upper : {true, false}) {
        MatrixXd coupled = MatrixXd::Zero(3, 3);
        coupled(0, 0) = coupled(2, 2) = -10;
        (upper ? coupled(0, 2) : coupled(2, 0)) = 7;
        const ExactStep both = exact_step(coupled, dt);
        // Equal rates: 7 dt exp(-10 dt).
        EXPECT_NEAR((upper ? both.p(0, 2) : both.p(2, 0)) / (7 * dt * std::exp(-10 * dt)), 1, 1e-13);
        EXPECT_EQ(upper ? both.p(2, 0) : both.p(0, 2), 0);
    }
}

// A current of pA drives a voltage through 1/C = 4e9 V/(A s): x' = -x/tx + 4e9 y, y' = -y/ty in closed form, to 1e-12.
TEST(Propagator, UnitsFarApartCostNoDigits) {
    const double tx = 0.02, ty = 0.005, dt = 1e-4, c = 4e9;
    MatrixXd a(2, 2);
    a << -1 / tx, c, 0, -1 / ty;
    const ExactStep step = exact_step(a, dt);
    const double ex = std::exp(-dt / tx), ey = std::exp(-dt / ty);
    EXPECT_NEAR(step.p(0, 1) / (c * (ex - ey) / (1 / ty - 1 / tx)), 1, 1e-12);
    // (A^-1 (P - 1))_01
    const double closed = c * tx * (ty * (1 - ey) - (ex - ey) / (1 / ty - 1 / tx));
    EXPECT_NEAR(step.q(0, 1) / closed, 1, 1e-9);
}

}  // namespace
}  // namespace bouton::sim
