#include "tools/view/script.h"

#include <map>
#include <sstream>

#include "nn/base/check.h"
#include "nn/data/text.h"

namespace tengen::tools::view {

Script read_script(const std::string& path) {
  const std::map<std::string, size_t> words{{"key", 1},  {"click", 1},  {"move", 1},  {"wheel", 1},
                                            {"size", 2}, {"visits", 1}, {"quiet", 0}, {"wait", 1},
                                            {"save", 1}, {"frames", 1}, {"tell", 0},  {"quit", 0}};
  Script script;
  int number = 0;
  for (const std::string& text : nn::read_lines(path)) {
    ++number;
    std::istringstream in(text);
    ScriptLine line;
    if (!(in >> line.word) || line.word.starts_with("#")) continue;
    for (std::string argument; in >> argument;) line.arguments.push_back(argument);
    line.place = path + ": line " + std::to_string(number);
    const auto word = words.find(line.word);
    if (word == words.end())
      throw Error(line.place + ": \"" + line.word + "\" is no word of a script");
    if (line.arguments.size() < word->second)
      throw Error(line.place + ": \"" + line.word + "\" needs " + std::to_string(word->second) +
                  " more");
    script.push_back(std::move(line));
  }
  return script;
}

}  // namespace tengen::tools::view
