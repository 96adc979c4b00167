### 凭查询码查看，不用账号。

follow-title = 查询进展
follow-intro = 输入上报时给您的查询码。
follow-code = 查询码
follow-code-hint = 12 个字母和数字，大小写、空格、横线都不要紧。
follow-look = 查询
follow-lost = 查询码丢了？为保护上报人，谁都查不到它。可以再报一次，坐席会并在一起。
follow-on-phone = 在这部手机上报的，下面会列出来。
follow-have-code = 有查询码？查询进展
follow-keep = 保存查询码
follow-keep-note = 凭它可以在别的手机或电脑上打开这一页。拿到它的人都能看到并操作，请不要公开。
share-copy = 复制链接
share-copied = 已复制
share-share = 分享

refusal-follow-code-wrong = 查询码不对。请核对后再试：数字 0 和字母 O、数字 1 和字母 I 不用区分。

## 首页
home-how = 报了以后
home-how-photo = 拍照、选一件事，十秒钟就能发送；没有信号也先存在手机上。
home-how-centre = 坐席核对，附近有人报过的并在一起。
home-how-unit = 派给负责的单位，限期办理，再由另一个人核查。
home-how-told = 凭查询码看结果，可以评价；不满意可以重新打开。
home-privacy = 只受理地方和物件的问题，不记录某个人。处置单位看不到是谁报的。
home-staff = 有账号的
