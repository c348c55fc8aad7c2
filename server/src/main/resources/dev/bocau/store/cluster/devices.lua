-- The devices of one user, all keys in one slot:
--   KEYS[1]  set: the ids of those that are registered
--   KEYS[2]  hash: what is known of one of them
--   KEYS[3]  hash: its newest session, and where it stood when it last acknowledged
-- The cursor is worth what the log is: they are lost together.

-- Whether a session is the device's newest, as far as is known here.
local function newest(key, session)
  return tonumber(redis.call('HGET', key, 'session') or '0') <= tonumber(session)
end

-- A session has begun. What an older one writes from now on does not count.
--   ARGV: session, device, type, platform, version of the app, time
local function begun(keys, args)
  if newest(keys[3], args[1]) then
    redis.call('SADD', keys[1], args[2])
    redis.call('HSET', keys[2], 'deviceType', args[3], 'platform', args[4], 'appVersion', args[5], 'lastActive', args[6])
    redis.call('HSET', keys[3], 'session', args[1])
    for i = 1, 3 do redis.call('EXPIRE', keys[i], LOG_KEPT) end
  end
  local stood = redis.call('HMGET', keys[3], 'position', 'lastMessageSync')
  return stood[1] and {'OK', stood[1], stood[2]} or {'OK'}
end

-- ARGV: session, position, time
local function stand(keys, args)
  if newest(keys[3], args[1]) then
    redis.call('HSET', keys[3], 'session', args[1], 'position', args[2], 'lastMessageSync', args[3])
    redis.call('HSET', keys[2], 'lastActive', args[3])
    for i = 1, 3 do redis.call('EXPIRE', keys[i], LOG_KEPT) end
  end
  return {'OK'}
end

-- Where a device stood.
local function stood(keys)
  local position = redis.call('HGET', keys[3], 'position')
  return position and {'OK', position} or {'OK'}
end

-- A device was signed out in this session.
--   ARGV: session, device
local function out(keys, args)
  if newest(keys[3], args[1]) then
    redis.call('SREM', keys[1], args[2])
    redis.call('DEL', keys[2], keys[3])
    redis.call('HSET', keys[3], 'session', whole(tonumber(args[1]) + 1))
    redis.call('EXPIRE', keys[3], LOG_KEPT)
  end
  return {'OK'}
end

redis.register_function('bocau_device_begun_VERSION', begun)
redis.register_function('bocau_device_stand_VERSION', stand)
redis.register_function('bocau_device_out_VERSION', out)
redis.register_function{function_name = 'bocau_device_stood_VERSION', callback = stood, flags = {'no-writes'}}
