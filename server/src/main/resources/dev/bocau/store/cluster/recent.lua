-- The newest messages of a conversation:
--   KEYS[1]  hash: history, first, last; seq -> version:message, for each from first to last
-- Whoever finds it other than expected forgets it all and goes on from there: Cassandra has everything.

local RECENT_KEPT = 7 * 86400

-- The first and the last one; nil if nothing is known.
local function extent(key)
  local f = redis.call('HMGET', key, 'history', 'first', 'last')
  if f[1] ~= history() then return nil end
  return tonumber(f[2]), tonumber(f[3])
end

local function span(key, first, last)
  redis.call('HSET', key, 'history', history(), 'first', whole(first), 'last', whole(last))
  redis.call('EXPIRE', key, RECENT_KEPT)
end

-- Messages that were added. Those that are known already may have been changed since.
--   ARGV: how many are kept, the seq of the first one, then each as version:message
local function add(keys, args)
  local key, kept, from = keys[1], tonumber(args[1]), tonumber(args[2])
  local to = from + #args - 3
  local first, last = extent(key)
  if last and to <= last then return {'OK'} end
  if not last or from > last + 1 then
    redis.call('DEL', key)
    first, last = from, from - 1
  end
  for seq = last + 1, to do redis.call('HSET', key, whole(seq), args[3 + seq - from]) end
  local keep = math.max(first, to - kept + 1)
  for seq = first, keep - 1 do redis.call('HDEL', key, whole(seq)) end
  span(key, keep, to)
  return {'OK'}
end

-- A message in a newer version. Where it is not known, it is not to become known by being added late.
--   ARGV: its seq, its version, version:message
local function change(keys, args)
  local key, seq = keys[1], tonumber(args[1])
  local first, last = extent(key)
  if not last or seq > last then
    redis.call('DEL', key)
    span(key, seq + 1, seq)
  elseif seq >= first then
    local known = redis.call('HGET', key, args[1])
    if tonumber(known:match('^(%d+):')) < tonumber(args[2]) then redis.call('HSET', key, args[1], args[3]) end
  end
  return {'OK'}
end

local function forget(keys)
  redis.call('DEL', keys[1])
  return {'OK'}
end

-- Those of a range, as far as they are here: the first one's seq, then each as version:message.
--   ARGV: the first and the last seq
local function recent(keys, args)
  local first, last = extent(keys[1])
  if not last then return {'OK'} end
  local from, to = math.max(first, tonumber(args[1])), math.min(last, tonumber(args[2]))
  if from > to then return {'OK'} end
  local seqs = {}
  for seq = from, to do seqs[#seqs + 1] = whole(seq) end
  return {'OK', whole(from), redis.call('HMGET', keys[1], unpack(seqs))}
end

redis.register_function('bocau_recent_add_VERSION', add)
redis.register_function('bocau_recent_change_VERSION', change)
redis.register_function('bocau_recent_forget_VERSION', forget)
redis.register_function{function_name = 'bocau_recent_read_VERSION', callback = recent, flags = {'no-writes'}}
