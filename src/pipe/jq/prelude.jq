# What jq has and jaq has not, or has otherwise. Messages are jaq's kind; `error.rs` rewrites them.

def keys: if . >= [] then keys_unsorted | sort else error("cannot use \(tojson) as keys") end;

def to_entries:
  if . >= [] then [keys_unsorted[] as $key | {$key, value: .[$key]}] else error("cannot use \(tojson) as keys") end;
def with_entries(f): to_entries | map(f) | from_entries;

def has($key):
  if . == null then false
  elif (isobject and ($key | isstring)) or (isarray and ($key | isnumber)) then
    if isobject then any(keys_unsorted[]; . == $key) else $key >= 0 and $key < length end
  else error("Cannot check whether \(type) has a \($key | type) key") end;

def join($separator):
  reduce .[] as $item (null;
    (if . == null then "" else . + $separator end)
    + ($item | if . == null then "" elif isstring then . else tojson end)) // "";

def tonumber: if isnumber then . elif isstring then fromjson else error("cannot use \(tojson) as parsed") end;

def leaf_paths: paths(scalars);

def row(separator; quoted):
  if isarray then
    map(if isstring then quoted elif . == null then "" elif . >= [] then error("cannot use \(tojson) as row")
        else tojson end)
    | join(separator)
  else error("cannot use \(tojson) as row") end;
def @csv: row(","; "\"" + gsub("\""; "\"\"") + "\"");
def @tsv:
  row("\t"; gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r"));
