#include "agents/precision_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agents/policy_value_net.h"
#include "nn/base/check.h"
#include "nn/io/safetensors.h"

namespace tengen::agents {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kEnoughGames = 400;

Json json_of(const Deviation& deviation) {
  return {{"mean", deviation.mean}, {"worst", deviation.worst}};
}

Json json_of(const SelfMatch& match) {
  Json json = {{"wins", match.wins},
               {"draws", match.draws},
               {"losses", match.losses},
               {"score_low", match.score_low},
               {"score_high", match.score_high}};
  if (match.visits > 0) json["visits"] = match.visits;
  if (match.time_s > 0.0) json["time_s"] = match.time_s;
  return json;
}

Json json_of(const PrecisionReport& report) {
  Json json = {{"game", report.game},
               {"height", report.height},
               {"width", report.width},
               {"precision", nn::plan_precision_name(report.precision)},
               {"kernels", report.kernels},
               {"positions", report.cost.positions},
               {"policy_kl_nats", json_of(report.cost.policy_kl)},
               {"value_error", json_of(report.cost.value)},
               {"score_error_points", json_of(report.cost.score)},
               {"same_best_move", report.cost.same_best},
               {"evaluations_per_s", report.evaluations_per_s},
               {"float32_evaluations_per_s", report.float32_evaluations_per_s}};
  if (report.equal_visits) json["match_at_equal_visits"] = json_of(*report.equal_visits);
  if (report.equal_time) json["match_at_equal_time"] = json_of(*report.equal_time);
  return json;
}

void read(const Json& json, Deviation& deviation) {
  json.at("mean").get_to(deviation.mean);
  json.at("worst").get_to(deviation.worst);
}

SelfMatch match_from(const Json& json) {
  SelfMatch match;
  json.at("wins").get_to(match.wins);
  json.at("draws").get_to(match.draws);
  json.at("losses").get_to(match.losses);
  json.at("score_low").get_to(match.score_low);
  json.at("score_high").get_to(match.score_high);
  match.visits = json.value("visits", 0);
  match.time_s = json.value("time_s", 0.0);
  if (match.wins < 0 || match.draws < 0 || match.losses < 0 || match.games() == 0)
    throw Error("a match without games");
  return match;
}

PrecisionReport report_from(const Json& json) {
  PrecisionReport report;
  json.at("game").get_to(report.game);
  json.at("height").get_to(report.height);
  json.at("width").get_to(report.width);
  report.precision = nn::plan_precision_named(json.at("precision").get<std::string>());
  json.at("kernels").get_to(report.kernels);
  json.at("positions").get_to(report.cost.positions);
  read(json.at("policy_kl_nats"), report.cost.policy_kl);
  read(json.at("value_error"), report.cost.value);
  read(json.at("score_error_points"), report.cost.score);
  json.at("same_best_move").get_to(report.cost.same_best);
  json.at("evaluations_per_s").get_to(report.evaluations_per_s);
  json.at("float32_evaluations_per_s").get_to(report.float32_evaluations_per_s);
  if (json.contains("match_at_equal_visits"))
    report.equal_visits = match_from(json["match_at_equal_visits"]);
  if (json.contains("match_at_equal_time"))
    report.equal_time = match_from(json["match_at_equal_time"]);
  return report;
}

std::vector<PrecisionReport> reports_in(const std::map<std::string, std::string>& metadata,
                                        const std::string& file) {
  const auto found = metadata.find(kReportsKey);
  if (found == metadata.end()) return {};
  std::vector<PrecisionReport> reports;
  try {
    for (const Json& json : Json::parse(found->second)) reports.push_back(report_from(json));
  } catch (const std::exception& error) {  // of JSON, or an Error from above
    throw Error(fmt::format("{}: the metadata's \"{}\": {}; `tengen net report --save` writes it",
                            file, kReportsKey, error.what()));
  }
  return reports;
}

bool won(const std::optional<SelfMatch>& match) {
  return match && match->games() >= kEnoughGames && match->score_low > 0.5;
}

std::string match_line(const char* label, const std::optional<SelfMatch>& match) {
  if (!match) return fmt::format("  {:<22}not played\n", label);
  const std::string limit = match->visits > 0 ? fmt::format("{} visits", match->visits)
                                              : fmt::format("{:g} s a move", match->time_s);
  return fmt::format("  {:<22}{:.1f} % [{:.1f}, {:.1f}] of {} games (+{} ={} -{}), {}\n", label,
                     100.0 * match->score(), 100.0 * match->score_low, 100.0 * match->score_high,
                     match->games(), match->wins, match->draws, match->losses, limit);
}

}  // namespace

bool PrecisionReport::about(const envs::GameSpec& spec) const {
  return game == spec.name.substr(0, spec.name.find(':')) && height == spec.height &&
         width == spec.width;
}

bool PrecisionReport::same_subject(const PrecisionReport& other) const {
  return game == other.game && height == other.height && width == other.width &&
         precision == other.precision && kernels == other.kernels;
}

nn::PlanPrecision advised_precision(std::span<const PrecisionReport> reports,
                                    const envs::GameSpec& spec,
                                    const char* (*kernels)(nn::PlanPrecision)) {
  const PrecisionReport* best = nullptr;
  for (const PrecisionReport& report : reports) {
    if (!report.about(spec) || report.kernels != kernels(report.precision) ||
        !won(report.equal_time))
      continue;
    if (!best || report.equal_time->score_low > best->equal_time->score_low) best = &report;
  }
  return best ? best->precision : nn::PlanPrecision::kFloat32;
}

std::vector<PrecisionReport> carried_reports(const std::string& path) {
  return reports_in(net_metadata(path), path.empty() ? kShippedNetName : path);
}

PrecisionReport save_report(const std::string& path, PrecisionReport report) {
  nn::SafeTensors content = nn::load_safetensors(path);
  Json reports = Json::array();
  for (const PrecisionReport& earlier : reports_in(content.metadata, path)) {
    if (!earlier.same_subject(report)) {
      reports.push_back(json_of(earlier));
      continue;
    }
    if (!report.equal_visits) report.equal_visits = earlier.equal_visits;
    if (!report.equal_time) report.equal_time = earlier.equal_time;
  }
  reports.push_back(json_of(report));
  content.metadata[kReportsKey] = reports.dump();
  nn::save_safetensors(path, content);
  return report;
}

std::string text(const PrecisionReport& report) {
  std::string lines = fmt::format("{} against float32, {}x{}, on {} held positions, {} kernels\n",
                                  nn::plan_precision_name(report.precision), report.height,
                                  report.width, report.cost.positions, report.kernels);
  const auto deviation = [&](const char* label, const Deviation& d, const char* unit) {
    lines += fmt::format("  {:<22}{:.2e}, at worst {:.2e}{}\n", label, d.mean, d.worst, unit);
  };
  deviation("policy divergence", report.cost.policy_kl, " nats");
  deviation("value error", report.cost.value, "");
  deviation("score error", report.cost.score, " points");
  lines += fmt::format("  {:<22}{:.2f} %\n", "same best move", 100.0 * report.cost.same_best);
  lines += fmt::format("  {:<22}{:.0f}, in float32 {:.0f} ({:.2f} times as many)\n",
                       "evaluations/s, 1 core", report.evaluations_per_s,
                       report.float32_evaluations_per_s,
                       report.evaluations_per_s / report.float32_evaluations_per_s);
  lines += match_line("at equal visits", report.equal_visits);
  lines += match_line("at equal time", report.equal_time);
  return lines;
}

}  // namespace tengen::agents
