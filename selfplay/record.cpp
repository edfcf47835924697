#include "selfplay/record.h"

#include <algorithm>
#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "envs/games.h"
#include "nn/base/check.h"
#include "nn/io/atomic_file.h"

namespace tengen::selfplay {
namespace {

using nlohmann::json;
namespace io = boost::iostreams;

constexpr int kFormat = 1;
constexpr size_t kMaxLine = 8u << 20;  // bytes; a 25x25 game has well below one million
constexpr int64_t kMaxMoves = 100000;
constexpr int64_t kMaxAction = 1 << 20;

int to_thousandths(float value) { return static_cast<int>(std::lround(value * 1000.0f)); }

int64_t integer(const json& value, int64_t low, int64_t high, const char* what) {
  if (!value.is_number_integer()) throw Error(std::string(what) + " is not an integer");
  const auto number = value.get<int64_t>();
  if (number < low || number > high || (value.is_number_unsigned() && value.get<uint64_t>() >> 63))
    throw Error(std::string(what) + " is out of range");
  return number;
}

const json& field(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) throw Error(std::string("no \"") + key + '"');
  return *found;
}

std::string text_field(const json& object, const char* key) {
  const json& value = field(object, key);
  if (!value.is_string()) throw Error(std::string("\"") + key + "\" is not text");
  return value.get<std::string>();
}

const json& array_field(const json& object, const char* key) {
  const json& value = field(object, key);
  if (!value.is_array()) throw Error(std::string("\"") + key + "\" is not an array");
  return value;
}

// [] raw policy, [value] fast, [value, action, visits, action, visits, ...] full.
json search_to_json(const MoveSearch& search) {
  json out = json::array();
  if (!search.searched) return out;
  out.push_back(to_thousandths(search.value));
  for (const ActionVisits& move : search.visits) {
    out.push_back(move.action);
    out.push_back(move.visits);
  }
  return out;
}

MoveSearch search_from_json(const json& in) {
  MoveSearch search;
  if (!in.is_array()) throw Error("an entry of \"searches\" is not an array");
  if (in.empty()) return search;
  if (in.size() % 2 == 0) throw Error("an entry of \"searches\" has an action without visits");
  search.searched = true;
  search.value = static_cast<float>(integer(in[0], -1000, 1000, "a search's value")) / 1000.0f;
  for (size_t i = 1; i < in.size(); i += 2) {
    search.visits.push_back({static_cast<int>(integer(in[i], 0, kMaxAction, "a searched action")),
                             static_cast<int>(integer(in[i + 1], 1, 1 << 30, "visits"))});
  }
  return search;
}

GameRecord from_json(const json& in) {
  if (!in.is_object()) throw Error("not a JSON object");
  const int64_t format = integer(field(in, "format"), 0, 1 << 30, "\"format\"");
  if (format != kFormat) {
    throw Error("format " + std::to_string(format) + ", this program reads " +
                std::to_string(kFormat));
  }
  GameRecord record;
  record.game = text_field(in, "game");
  record.number = static_cast<uint64_t>(integer(field(in, "number"), 0, INT64_MAX, "\"number\""));
  record.seed = static_cast<uint64_t>(integer(field(in, "seed"), 0, INT64_MAX, "\"seed\""));
  record.network = static_cast<int>(integer(field(in, "network"), 0, 1 << 30, "\"network\""));
  record.reason = text_field(in, "reason");
  const json& moves = array_field(in, "moves");
  const json& searches = array_field(in, "searches");
  if (static_cast<int64_t>(moves.size()) > kMaxMoves) throw Error("too many moves");
  if (moves.size() != searches.size()) throw Error("\"moves\" and \"searches\" differ in length");
  for (const json& move : moves)
    record.moves.push_back(static_cast<int>(integer(move, 0, kMaxAction, "a move")));
  for (const json& search : searches) record.searches.push_back(search_from_json(search));
  const json& outcome = array_field(in, "outcome");
  if (outcome.size() != 2 || !outcome[0].is_number() || !outcome[1].is_number())
    throw Error("\"outcome\" is not [value, score]");
  record.outcome = {outcome[0].get<float>(), outcome[1].get<float>()};
  if (!(std::abs(record.outcome.value) <= 1.0f) || !(std::abs(record.outcome.score) <= 1e6f))
    throw Error("\"outcome\" is out of range");
  return record;
}

// Lines of a stream, none longer than kMaxLine.
bool read_line(std::istream& in, std::string& line) {
  line.clear();
  for (int c = in.get(); c != EOF; c = in.get()) {
    if (c == '\n') return true;
    line.push_back(static_cast<char>(c));
    if (line.size() > kMaxLine) throw Error("a line longer than 8 MiB");
  }
  return !line.empty();
}

}  // namespace

std::string to_line(const GameRecord& record) {
  CHECK(record.moves.size() == record.searches.size());
  json searches = json::array();
  for (const MoveSearch& search : record.searches) searches.push_back(search_to_json(search));
  return json{{"format", kFormat},      {"number", record.number},
              {"seed", record.seed},    {"network", record.network},
              {"game", record.game},    {"moves", record.moves},
              {"searches", searches},   {"outcome", {record.outcome.value, record.outcome.score}},
              {"reason", record.reason}}
      .dump();
}

GameRecord from_line(std::string_view line, const std::string& place) {
  if (line.size() > kMaxLine) throw Error(place + ": a line longer than 8 MiB");
  try {
    return from_json(json::parse(line));
  } catch (const json::exception& e) {
    throw Error(place + ": not a game record: " + e.what());
  } catch (const Error& e) {
    throw Error(place + ": not a game record: " + e.what());
  }
}

std::unique_ptr<envs::State> replay_game(const GameRecord& record, const std::string& place) {
  std::unique_ptr<envs::State> state;
  try {
    state = envs::new_game(record.game);
  } catch (const Error& e) {
    throw Error(place + ": " + e.what());
  }
  std::vector<envs::Action> legal;
  const int actions = state->spec().actions;
  for (size_t i = 0; i < record.moves.size(); ++i) {
    state->legal(legal);
    const std::string move = "move " + std::to_string(i + 1);
    if (legal.empty()) throw Error(place + ": " + move + " comes after the end of the game");
    if (!std::binary_search(legal.begin(), legal.end(), record.moves[i]))
      throw Error(place + ": " + move + " is illegal");
    for (const ActionVisits& visit : record.searches[i].visits) {
      if (visit.action >= actions) throw Error(place + ": " + move + " searched an unknown action");
    }
    state->play(record.moves[i]);
  }
  return state;
}

void write_shard(const std::string& path, const std::vector<GameRecord>& records) {
  std::string bytes;
  {
    io::filtering_ostream out;
    out.push(io::gzip_compressor());
    out.push(io::back_inserter(bytes));
    for (const GameRecord& record : records) out << to_line(record) << '\n';
  }
  nn::write_file_atomically(path, bytes);
}

std::vector<GameRecord> read_shard(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path + ": cannot be opened for reading");
  io::filtering_istream in;
  in.push(io::gzip_decompressor());
  in.push(file);
  in.exceptions(std::ios::badbit);
  std::vector<GameRecord> records;
  std::string line;
  try {
    while (read_line(in, line))
      records.push_back(from_line(line, path + " line " + std::to_string(records.size() + 1)));
  } catch (const std::ios_base::failure& e) {
    throw Error(path + " after line " + std::to_string(records.size()) +
                ": not a whole gzip file (" + e.what() + ")");
  } catch (const Error& e) {
    const std::string text = e.what();
    throw text.starts_with(path) ? Error(text) : Error(path + ": " + text);
  }
  return records;
}

}  // namespace tengen::selfplay
