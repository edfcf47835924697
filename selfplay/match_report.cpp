#include "selfplay/match_report.h"

#include <fmt/format.h>

#include <cmath>

#include "envs/go/score.h"
#include "envs/go/sgf.h"
#include "envs/go/state.h"

namespace tengen::selfplay {

using envs::go::GoState;

namespace {

std::string tally_line(const std::string& label, const Tally& tally) {
  const std::string score =
      tally.games() == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * tally.score());
  return fmt::format("{:<16}{:>7}{:>7}{:>7}{:>8}{:>11}\n", label, tally.games(), tally.wins,
                     tally.draws, tally.losses, score);
}

std::string side_line(const std::string& label, const MatchResult& result, size_t side) {
  const TimeUsed& time = result.time[side];
  return fmt::format("{}: {:.3f} s a move, the longest {:.3f} s; resigned {}, failed {}\n", label,
                     time.mean_s(), time.longest_s, result.resignations[side],
                     result.failures[side]);
}

std::string disagreements(const MatchResult& result) {
  if (result.opinions == 0) return "";
  std::string text = fmt::format("Final scores: {} of {} opinions agree\n",
                                 result.agreeing_opinions, result.opinions);
  for (const MatchGame& game : result.games) {
    for (const ScoreOpinion& opinion : game.opinions) {
      if (opinion.agrees) continue;
      text += fmt::format("  game {}: {} here, {} says {}; with all stones alive {}\n", game.number,
                          game.result, opinion.player, opinion.text,
                          envs::go::result_text(game.rules_score));
    }
  }
  return text;
}

// Infinite ends become null.
nlohmann::json finite(double x) { return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(); }

nlohmann::json json_of(const Tally& tally) {
  return {{"games", tally.games()},
          {"wins", tally.wins},
          {"draws", tally.draws},
          {"losses", tally.losses},
          {"score", tally.score()}};
}

nlohmann::json json_of(const MatchResult& result, const MatchGame& game) {
  nlohmann::json moves = nlohmann::json::array();
  for (const envs::Action move : game.moves) moves.push_back(game.position->action_text(move));
  nlohmann::json opinions = nlohmann::json::array();
  for (const ScoreOpinion& opinion : game.opinions) {
    opinions.push_back(
        {{"player", opinion.player}, {"score", opinion.text}, {"agrees", opinion.agrees}});
  }
  const float value = game.a_first ? game.value : -game.value;
  return {{"number", game.number},
          {"first", result.names[game.a_first ? 0 : 1]},
          {"second", result.names[game.a_first ? 1 : 0]},
          {"a_points", 0.5 * (1.0 + value)},
          {"result", game.result},
          {"reason", game.reason},
          {"score", game.score},
          {"rules_score", game.rules_score},
          {"opinions", opinions},
          {"moves", moves}};
}

nlohmann::json json_of_side(const MatchResult& result, size_t side) {
  const TimeUsed& time = result.time[side];
  return {{"name", result.names[side]},
          {"moves", time.moves},
          {"mean_s", time.mean_s()},
          {"longest_s", time.longest_s},
          {"resignations", result.resignations[side]},
          {"failures", result.failures[side]}};
}

}  // namespace

std::string match_table(const MatchResult& result) {
  std::string text =
      fmt::format("A = {}\nB = {}\n{}\n\n", result.names[0], result.names[1], result.game);
  text += fmt::format("{:<16}{:>7}{:>7}{:>7}{:>8}{:>11}\n", "A", "games", "wins", "draws", "losses",
                      "score");
  text += tally_line("moving first", result.a_first);
  text += tally_line("moving second", result.a_second);
  text += tally_line("all", result.a);
  text += "\n";
  text += side_line("A", result, 0);
  text += side_line("B", result, 1);
  text += disagreements(result);
  text += fmt::format("A against B: {} (95 % interval)\n", selfplay::text(elo_estimate(result.a)));
  return text;
}

nlohmann::json match_json(const MatchResult& result) {
  const EloEstimate elo = elo_estimate(result.a);
  nlohmann::json games = nlohmann::json::array();
  for (const MatchGame& game : result.games) games.push_back(json_of(result, game));
  return {{"game", result.game},
          {"a", json_of_side(result, 0)},
          {"b", json_of_side(result, 1)},
          {"tally", json_of(result.a)},
          {"tally_moving_first", json_of(result.a_first)},
          {"tally_moving_second", json_of(result.a_second)},
          {"elo",
           {{"estimate", finite(elo.elo)}, {"low", finite(elo.low)}, {"high", finite(elo.high)}}},
          {"opinions", {{"all", result.opinions}, {"agreeing", result.agreeing_opinions}}},
          {"games", games}};
}

std::string match_game_line(const MatchResult& result, const MatchGame& game) {
  const float value = game.a_first ? game.value : -game.value;
  std::string text = fmt::format("game {}: {}, ", game.number, game.result);
  if (value == 0.0f) {
    text += "a draw";
  } else {
    text += result.names[value > 0.0f ? 0 : 1];
    text += game.value > 0.0f ? " won, moving first" : " won, moving second";
  }
  if (game.ending == Ending::kFailure) text += fmt::format(" ({})", game.reason);
  return text;
}

std::string match_sgf(const MatchResult& result, const MatchGame& game, const std::string& date) {
  const auto* go = dynamic_cast<const GoState*>(game.position.get());
  if (!go) return "";
  envs::go::SgfGame sgf = envs::go::sgf_of(*go);
  sgf.black_name = result.names[game.a_first ? 0 : 1];
  sgf.white_name = result.names[game.a_first ? 1 : 0];
  sgf.result = game.result;
  sgf.date = date;
  sgf.event = fmt::format("game {}", game.number);
  sgf.comment = game.reason;
  if (game.ending == Ending::kCounted) {
    sgf.comment += "; with all stones alive " + envs::go::result_text(game.rules_score);
    for (const ScoreOpinion& opinion : game.opinions) {
      sgf.comment += "; " + opinion.player + " says " + opinion.text;
    }
  }
  // The moves of an opening stand before the players' own.
  const size_t opening = sgf.moves.size() - game.comments.size();
  for (size_t i = 0; i < game.comments.size(); ++i) {
    sgf.moves[opening + i].comment = game.comments[i];
  }
  return envs::go::write_sgf(sgf);
}

}  // namespace tengen::selfplay
