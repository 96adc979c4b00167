### 案卷。

credential-session = 浏览器登录
credential-device = 手机
credential-token = 令牌
