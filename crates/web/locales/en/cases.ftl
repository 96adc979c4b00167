### Cases.

credential-session = Browser session
credential-device = Phone
credential-token = Token
