#include "selfplay/elo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "nn/base/check.h"

namespace tengen::selfplay {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kZ = 1.959964;  // of a two-sided 95 % interval
constexpr std::array<double, 3> kScores = {0.0, 0.5, 1.0};

// Bisects a decreasing function of x in (low, high) for its zero.
template <class Function>
double zero_of(const Function& f, double low, double high) {
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) > 0.0 ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// Most likely frequencies of loss, draw and win among those with the given mean score: they are
// observed / (1 + x * (score - mean)), with x such that the mean is met.
std::array<double, 3> likeliest_with_mean(const std::array<double, 3>& observed, double mean) {
  const auto miss = [&](double x) {
    double sum = 0.0;
    for (size_t i = 0; i < 3; ++i) {
      sum += observed[i] * (kScores[i] - mean) / (1.0 + x * (kScores[i] - mean));
    }
    return sum;
  };
  // Between the poles, where every frequency is positive.
  const double margin = 1e-9;
  const double x = zero_of(miss, -1.0 / (1.0 - mean) + margin, 1.0 / mean - margin);
  std::array<double, 3> likeliest;
  for (size_t i = 0; i < 3; ++i) likeliest[i] = observed[i] / (1.0 + x * (kScores[i] - mean));
  return likeliest;
}

}  // namespace

double elo_to_score(double elo) { return 1.0 / (1.0 + std::pow(10.0, -elo / 400.0)); }

double score_to_elo(double score) {
  if (score <= 0.0) return -kInfinity;
  if (score >= 1.0) return kInfinity;
  return -400.0 * std::log10(1.0 / score - 1.0);
}

EloEstimate elo_estimate(const Tally& tally) {
  const double n = tally.games();
  if (n == 0) return {0.0, -kInfinity, kInfinity};
  // Wilson: all means m with |score - m| <= z * sqrt(v(m) / n). A player of mean m who draws so
  // often has the variance m (1 - m) - rate / 4; the equation for m stays quadratic. The rate of
  // draws is taken over four games more (Agresti and Coull 1998): a match of nothing but draws
  // has an interval too.
  const double s = tally.score();
  const double draws = tally.draws / (n + 4.0) / 4.0;
  const double k = kZ * kZ / n;
  const double centre = (s + 0.5 * k) / (1.0 + k);
  const double constant = (s * s + k * draws) / (1.0 + k);
  const double half = std::sqrt(std::max(0.0, centre * centre - constant));
  return {score_to_elo(s), score_to_elo(std::min(centre - half, s)),
          score_to_elo(std::max(centre + half, s))};
}

std::string text(const EloEstimate& estimate) {
  const auto number = [](double elo) {
    return std::isinf(elo) ? std::string(elo > 0 ? "+inf" : "-inf") : fmt::format("{:+.0f}", elo);
  };
  return number(estimate.elo) + " Elo [" + number(estimate.low) + ", " + number(estimate.high) +
         "]";
}

double Sprt::log_likelihood_ratio(const Tally& tally) const {
  CHECK(elo0 < elo1);
  if (tally.games() == 0) return 0.0;
  // A thousandth of a game for what was not seen, as fishtest does: no frequency is zero.
  std::array<double, 3> counts = {static_cast<double>(tally.losses),
                                  static_cast<double>(tally.draws),
                                  static_cast<double>(tally.wins)};
  double n = 0.0;
  for (double& count : counts) n += count = std::max(count, 1e-3);
  std::array<double, 3> observed;
  for (size_t i = 0; i < 3; ++i) observed[i] = counts[i] / n;
  const auto under0 = likeliest_with_mean(observed, elo_to_score(elo0));
  const auto under1 = likeliest_with_mean(observed, elo_to_score(elo1));
  double ratio = 0.0;
  for (size_t i = 0; i < 3; ++i) ratio += counts[i] * std::log(under1[i] / under0[i]);
  return ratio;
}

double Sprt::lower_bound() const { return std::log(beta / (1.0 - alpha)); }
double Sprt::upper_bound() const { return std::log((1.0 - beta) / alpha); }

Sprt::Verdict Sprt::verdict(const Tally& tally) const {
  const double ratio = log_likelihood_ratio(tally);
  if (ratio >= upper_bound()) return Verdict::kAcceptElo1;
  if (ratio <= lower_bound()) return Verdict::kAcceptElo0;
  return Verdict::kGoOn;
}

}  // namespace tengen::selfplay
