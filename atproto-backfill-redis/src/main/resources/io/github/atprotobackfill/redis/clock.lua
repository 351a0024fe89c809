-- Returns the server's time in microseconds.

return whole(now())
