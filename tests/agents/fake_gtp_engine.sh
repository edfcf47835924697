#!/bin/sh
# A GTP program that misbehaves as its first argument says, for tests of the external player:
#   well | dies | slow | garbage | endless | illegal | refuses | loud | resigns | mute
# When the second argument is given, only the first program that finds the file $2 missing does.
kind="$1"
if [ -n "$2" ]; then
  if [ -e "$2" ]; then kind=well; else : >"$2"; fi
fi
[ "$kind" = mute ] && exec sleep 60
moves=0
while read -r command rest; do
  case "$command" in
    name) printf '= Fake\n\n' ;;
    version) printf '= 0.%s\n\n' "$kind" ;;
    quit) printf '=\n\n'; exit 0 ;;
    final_score) printf '= W+7.0\n\n' ;;
    play)
      [ "$kind" = refuses ] && printf '? illegal move\n\n' || printf '=\n\n' ;;
    genmove)
      moves=$((moves + 1))
      case "$kind" in
        dies) echo "out of memory" >&2; exit 3 ;;
        slow) exec sleep 60 ;;
        garbage) printf 'Hello, I play D4\n\n' ;;
        endless) while :; do echo "= D4 and more and more and more and more"; done ;;
        illegal) printf '= A1\n\n' ;;
        resigns) printf '= resign\n\n' ;;
        loud) i=0; while [ $i -lt 3000 ]; do echo "thinking about D4, E5, F6 and G7" >&2; i=$((i + 1)); done
          printf '= PASS\r\n\r\n' ;;
        *) printf '\n\n= pass\n\n' ;;
      esac ;;
    *) printf '=\n\n' ;;
  esac
done
