#include <algorithm>

#include "nn/base/check.h"
#include "tools/demos/demo.h"

namespace tengen::tools {

std::vector<Demo> all_demos() {
  return {linear_demo(),    digits_demo(), images_demo(), adversary_demo(), text_demo(),
          translate_demo(), chat_demo(),   speech_demo(), rl_demo()};
}

Served serve(const TrainedNet& file) {
  const std::vector<Demo> demos = all_demos();
  const auto found = std::find_if(demos.begin(), demos.end(), [&](const Demo& demo) {
    return demo.name == file.task && demo.serve;
  });
  if (found == demos.end())
    throw Error(file.path + ": made for \"" + file.task + "\", which this program cannot ask");
  return found->serve(file);
}

}  // namespace tengen::tools
