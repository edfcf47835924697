// What a match says about strength: the Elo difference with its 95 % interval, and a sequential
// test (SPRT) that says when enough games were played.
#pragma once

#include <string>

namespace tengen::selfplay {

// Of one player against another.
struct Tally {
  int wins = 0;
  int draws = 0;
  int losses = 0;

  int games() const { return wins + draws + losses; }
  double score() const { return games() == 0 ? 0.5 : (wins + 0.5 * draws) / games(); }
};

// The expected score of a player who is so many Elo points stronger, and back. A score of 0 or 1
// is an infinite difference.
double elo_to_score(double elo);
double score_to_elo(double score);

struct EloEstimate {
  double elo = 0.0;
  double low = 0.0;  // ends of the 95 % interval; infinite where the games set no bound
  double high = 0.0;
};

// The interval is Wilson's (1927) for a mean of independent games, with the variance that the
// draws leave: sound for few games and for one-sided results, where the usual normal interval
// ends at plus or minus zero. No games: 0, without bounds.
EloEstimate elo_estimate(const Tally& tally);
// "+35 Elo [-12, +84]".
std::string text(const EloEstimate& estimate);

// Wald's sequential probability ratio test that the difference is elo1 against elo0, on the
// generalised likelihood ratio of win, draw and loss (Van den Bergh, "Comments on normalized
// Elo", and the fishtest framework of Stockfish, logistic model).
struct Sprt {
  double elo0 = 0.0;
  double elo1 = 10.0;
  double alpha = 0.05;  // chance to accept elo1 where elo0 is true
  double beta = 0.05;   // and the other way round

  enum class Verdict { kGoOn, kAcceptElo0, kAcceptElo1 };

  double log_likelihood_ratio(const Tally& tally) const;
  double lower_bound() const;
  double upper_bound() const;
  Verdict verdict(const Tally& tally) const;
};

}  // namespace tengen::selfplay
