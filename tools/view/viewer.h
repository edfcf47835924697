// A window's state: what is looked at, what is switched on, whose turn it is. Keys and mouse go in,
// a scene comes out; no SDL here.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/view/engine.h"
#include "tools/view/game_tree.h"
#include "tools/view/shown.h"

namespace tengen::tools::view {

// Whom a person plays.
struct Match {
  envs::Player person = envs::Player::kFirst;
  Level level;
  uint64_t seed = 1;
};

struct ViewerOptions {
  std::string title;                // the file's name, or what is played
  std::vector<PanelLine> about;     // names, komi, result
  std::string result;               // as the file has it
  std::optional<Match> match = {};  // nothing: a game is looked at
  bool analysis = false;
};

class Viewer : public Shown {
 public:
  Viewer(GameTree tree, const ViewerOptions& options, Engine& engine);

  void command(Command command) override;
  void mouse_moves(Point at) override { mouse_ = at; }
  void mouse_drags(Point at) override;
  void mouse_clicks(Point at) override;
  void wheel(int moves) override { walk(moves); }
  bool look() override;
  Scene scene() const override;
  bool quiet() const override;
  bool judged_by(int visits) const override;

  int moves() const { return static_cast<int>(line_.size()) - 1; }
  void go_to_move(int move);

 private:
  struct Known {  // of a node, for the first player
    float win_rate, score;
    int visits;
  };
  void go_to(int node);
  void walk(int moves);
  void change_variation(int by);
  void play(envs::Action action);
  void pass();
  void move_cursor(int columns, int rows);
  void undo();
  void resign();
  void think_on();  // what the engine should do now
  void note(const Judgement& judgement);
  void tell_loss(int after);
  void count_if_over();
  void look_over_line();
  bool line_known() const;

  std::vector<PanelLine> panel() const;
  BoardScene board() const;
  void add_judgement(BoardScene& board) const;
  std::string status() const;
  bool persons_turn() const;
  bool judged() const;  // there is a judgement of this very position

  GameTree tree_;
  ViewerOptions options_;
  Engine& engine_;
  int node_ = 0;
  std::vector<int> line_;  // through the node, from the root to the end
  std::unique_ptr<envs::State> state_;

  bool analysis_ = false, policy_ = false, ownership_ = false, numbers_ = false;
  bool coordinates_ = true, help_ = false, hint_ = false, teach_ = false;
  Point mouse_{-1, -1};

  uint64_t asked_ = 0;  // the engine's number for this position
  uint64_t news_ = 0;
  std::optional<Judgement> judgement_;
  std::map<int, Known> known_;    // by node
  std::vector<int> looked_over_;  // the line that the engine was last asked about
  bool thinks_ = false;
  std::string over_;    // how the game ended; empty: it goes on
  std::string lesson_;  // what the last move lost
  std::vector<envs::Action> dead_;
};

}  // namespace tengen::tools::view
